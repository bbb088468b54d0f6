package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/identity"
	"github.com/careledger/careledger/infra/report"
	warehouse "github.com/careledger/careledger/infra/warehouse/embedded"
)

func newDoctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Say what is wrong with a set-up and how to mend it",
		Example: `  careledger doctor
  careledger doctor --data /var/lib/careledger --listen 127.0.0.1:8080
  careledger doctor --ready http://127.0.0.1:8080/readyz`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return doctor(cmd) },
	}
	f := cmd.Flags()
	f.String("data", "data", "the data directory")
	f.String("listen", "127.0.0.1:8080", "the address that serve would use")
	f.String("clickhouse", "", "as for serve; it is asked for its schema, and the embedded engine is not needed")
	f.String("clickhouse-cluster", "", "as for serve")
	f.String("database", "careledger", "as for serve")
	f.String("ready", "", "only ask this address whether the server is ready (for health checks)")
	return cmd
}

// finding is one thing that was looked at. Mend is empty where all is well; without what is optional a server works.
type finding struct {
	what, found, mend string
	optional          bool
}

func doctor(cmd *cobra.Command) error {
	k, err := settings(cmd)
	if err != nil {
		return err
	}
	if url := k.String("ready"); url != "" {
		return ready(cmd.Context(), url)
	}
	out := cmd.OutOrStdout()
	dir := k.String("data")
	findings := append([]finding{directory(dir), version(dir), space(dir), tokenFile(dir)}, address(cmd.Context(), k.String("listen"), dir)...)
	if url := k.String("clickhouse"); url == "" {
		findings = append(findings, engine())
	} else {
		findings = append(findings, tables(cmd.Context(), url, k.String("database"), k.String("clickhouse-cluster")))
	}
	findings = append(findings, font())
	wrong := 0
	for _, f := range findings {
		mark := "ok  "
		switch {
		case f.mend != "" && f.optional:
			mark = "note"
		case f.mend != "":
			mark = "MEND"
			wrong++
		}
		fmt.Fprintf(out, "%s  %-18s %s\n", mark, f.what, f.found)
		if f.mend != "" {
			fmt.Fprintf(out, "      -> %s\n", f.mend)
		}
	}
	if wrong > 0 {
		return exitError{exitSetup, fmt.Errorf("%d of %d checks want mending / 有 %d 项需要处理", wrong, len(findings), wrong)}
	}
	return nil
}

func ready(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return exitError{exitUsage, err}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return exitError{exitSetup, errors.New("the server does not answer / 服务没有响应")}
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return exitError{exitSetup, fmt.Errorf("the server is not ready (%d) / 服务尚未就绪", response.StatusCode)}
	}
	return err
}

func directory(dir string) finding {
	f := finding{what: "data directory", found: dir}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		f.found += " (will be made / 将自动创建)"
		return f
	case err != nil, !info.IsDir():
		f.mend = "choose a directory with --data / 请用 --data 指定目录"
		return f
	}
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		f.mend = "give this user the right to write there / 请授予当前用户写权限"
		return f
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		f.mend = "the directory takes files but does not let them go: check the file system / 请检查文件系统"
	}
	return f
}

func version(dir string) finding {
	f := finding{what: "data version", found: "this one's"}
	err := app.CheckVersion(dir)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		f.found = "none yet"
	case err != nil:
		f.found, f.mend = "not this one's", err.Error()
	}
	return f
}

func space(dir string) finding {
	f := finding{what: "free space"}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) { // the nearest directory that exists
		if _, err := os.Stat(dir); err == nil {
			break
		}
	}
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		f.mend = "the file system cannot be asked: check the mount / 无法读取文件系统，请检查挂载"
		return f
	}
	free := s.Bavail * uint64(s.Bsize) >> 20
	f.found = fmt.Sprintf("%d MiB", free)
	if free < 2048 {
		f.mend = "free some space: appends stop below 512 MiB / 请清理磁盘：低于 512 MiB 时停止写入"
	}
	return f
}

func tokenFile(dir string) finding {
	f := finding{what: "token file", found: filepath.Join(dir, "cli-token")}
	info, err := os.Stat(f.found)
	switch {
	case err != nil:
		f.found += " (made by the first start / 首次启动时生成)"
	case info.Mode().Perm()&0o077 != 0:
		f.mend = "others can read it: chmod 600 " + f.found + " / 其他用户可读，请收紧权限"
	}
	return f
}

// address looks at where serve would listen, and at the log of a server of dir that listens there.
func address(ctx context.Context, listen, dir string) []finding {
	f := finding{what: "address", found: listen}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", listen)
	switch {
	case err == nil:
		err = l.Close()
	case errors.Is(err, syscall.EADDRINUSE):
		status, log := standingAt(ctx, "http://"+listen, dir)
		switch {
		case status == http.StatusOK && log == "damaged":
			f.found += " (careledger is serving / 正在服务)"
			return []finding{f, {what: "log", found: log, mend: damagedLog}}
		case status == http.StatusOK:
			f.found += " (careledger is serving / 正在服务)"
			return []finding{f}
		case status == http.StatusUnauthorized:
			f.mend = "another careledger, not of " + dir + ", has it: give its --data, or choose another with --listen / 端口由另一数据目录的 careledger 占用，请指定其 --data 或换一个端口"
			return []finding{f}
		}
		f.mend = "another program has it: stop it, or choose another with --listen / 端口被占用，请停止占用者或换一个"
		return []finding{f}
	}
	if err != nil {
		f.mend = "choose an address of this machine with --listen / 请用 --listen 指定本机地址"
	}
	return []finding{f}
}

// standingAt asks whoever serves there how its log is, with the token that lies below dir: only a careledger of dir knows it.
func standingAt(ctx context.Context, url, dir string) (status int, log string) {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/v1/status", nil)
	if err != nil {
		return 0, ""
	}
	token, _ := identity.ReadTokenFile(dir) // without one nobody has served from there
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, ""
	}
	defer response.Body.Close()
	var s standingOf
	_ = json.NewDecoder(response.Body).Decode(&s) // the status says whether there is any
	return response.StatusCode, s.Log
}

func engine() finding {
	path, err := warehouse.Locate("")
	if err != nil {
		return finding{what: "ClickHouse engine", found: "missing", mend: "run `make engine`, or use --clickhouse / 请运行 make engine，或使用 --clickhouse"}
	}
	f := finding{what: "ClickHouse engine", found: path}
	if err := warehouse.Check(path); err != nil {
		f.mend = err.Error()
	}
	return f
}

// font looks for the one that the PDF of a publication is set in.
func font() finding {
	path, err := report.Locate()
	if err != nil {
		return finding{
			what: "report font", found: "missing", optional: true,
			mend: "only PDFs need it: run `make font`, or set " + report.FontVariable + " to a TrueType font (.ttf) with Chinese / 仅 PDF 报表需要：请运行 make font，或用 " + report.FontVariable + " 指定含中文的 TrueType 字体（.ttf）",
		}
	}
	return finding{what: "report font", found: path}
}
