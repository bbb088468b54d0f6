package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/spf13/cobra"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/infra/eventstore"
	warehouse "github.com/careledger/careledger/infra/warehouse/embedded"
)

func newServeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the page and the API, with every engine embedded unless a URL says otherwise",
		Example: `  careledger serve
  careledger serve --data /var/lib/careledger --listen 0.0.0.0:8080
  careledger serve --eventstore 'esdb://log:2113?tls=false' --nats nats://bus:4222 --clickhouse clickhouse://user:password@dw:9000
  CAREL_ADMIN_TOKEN_FILE=/run/secrets/token careledger serve --roles api,relay`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd) },
	}
	f := cmd.Flags()
	f.String("config", "", "a YAML file of these settings")
	f.String("data", "data", "directory of everything that is kept; events/ and vault/ below it are the truth")
	f.String("listen", "127.0.0.1:8080", "HOST:PORT to serve on")
	f.StringSlice("roles", []string{"api", "relay", "projector", "alerts"}, "what this process does")
	f.String("eventstore", "", "esdb:// URL of an event store; empty: embedded")
	f.String("nats", "", "nats:// URL of a NATS server with JetStream; empty: embedded")
	f.String("clickhouse", "", "clickhouse://, http:// or https:// URL of ClickHouse; empty: embedded")
	f.String("clickhouse-cluster", "", "name of a cluster of --clickhouse's servers: tables are replicated there, and sharded by prefecture")
	f.String("database", "careledger", "ClickHouse database")
	f.String("plan", "", "a plan file; empty: Wenshan's plan of 2022")
	f.String("areas", "", "an area table (CSV); empty: Wenshan's of 2021")
	f.String("webhook", "", "http(s) URL that alerts are posted to")
	f.String("otlp", "", "http(s) URL of an OpenTelemetry collector that traces are sent to (OTLP/HTTP); empty: none")
	f.Float64("otlp-sample", otlpSample, "share of the requests without a traceparent that is traced, from 0 to 1; a caller's sampled traceparent always is")
	f.String("admin-token", "", "preset token of the first administrator (better: CAREL_ADMIN_TOKEN_FILE)")
	f.Duration("scavenge-every", scavengeEvery, "time from one scavenge of the embedded event store to the next; 0: only by careledger scavenge")
	f.String("log-level", "info", "debug, info, warn or error")
	return cmd
}

func serve(cmd *cobra.Command) error {
	o, err := serveOptions(cmd)
	if err != nil {
		return err
	}
	a, err := app.New(o)
	if err != nil {
		return exitError{exitUsage, err}
	}
	ctx := cmd.Context()
	if err := a.Start(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return exitError{exitSetup, plain(err, o)}
	}
	greet(cmd.OutOrStdout(), a)
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-a.Failed():
	}
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return errors.Join(failed, a.Stop(drain))
}

func serveOptions(cmd *cobra.Command) (app.Options, error) {
	k, err := settings(cmd)
	if err != nil {
		return app.Options{}, err
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(k.String("log-level"))); err != nil {
		return app.Options{}, exitError{exitUsage, errors.New("--log-level: write debug, info, warn or error / 请写 debug、info、warn 或 error")}
	}
	executable, err := os.Executable()
	if err != nil {
		return app.Options{}, fmt.Errorf("find this executable: %w", err)
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	o := app.Options{
		Dir: k.String("data"), Listen: k.String("listen"), EventStore: k.String("eventstore"), NATS: k.String("nats"),
		ClickHouse: k.String("clickhouse"), ClickHouseCluster: k.String("clickhouse-cluster"), Database: k.String("database"),
		Plan: k.String("plan"), Areas: k.String("areas"), Webhook: k.String("webhook"), OTLP: k.String("otlp"), OTLPSample: share(k.String("otlp-sample")), AdminToken: k.String("admin-token"),
		ScavengeEvery:    k.Duration("scavenge-every"),
		WarehouseCommand: []string{executable, "warehouse"},
		Now:              time.Now, Registry: registry,
		Logger: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level})),
	}
	roles := k.Strings("roles")
	if len(roles) == 0 {
		roles = strings.Split(k.String("roles"), ",")
	}
	for _, r := range roles {
		o.Roles = append(o.Roles, app.Role(strings.TrimSpace(r)))
	}
	return o, nil
}

// otlpSample is the share of requests that is traced unless told otherwise: one of twenty, so that thousands of commands
// a second neither drown the collector nor cost what one would notice.
const otlpSample = 0.05

// share reads a share. What is none is not a number, which the options refuse.
func share(text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}

// plain turns the usual ways in which a start fails into one line that says what to do.
func plain(err error, o app.Options) error {
	var op *net.OpError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is taken by another program: stop it, or choose another address with --listen / 端口已被占用，请停止占用者或用 --listen 换一个", o.Listen)
	case errors.As(err, &op) && op.Op == "listen":
		return fmt.Errorf("%s cannot be listened on: choose an address of this machine with --listen / 无法监听该地址，请用 --listen 换一个 (%w)", o.Listen, op.Err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, eventstore.ErrFull):
		return fmt.Errorf("the disk of %s is full or almost full: free some space (512 MiB at least) and start again / 磁盘已满或将满：请清理 %s 所在磁盘（至少 512 MiB）后重新启动", o.Dir, o.Dir)
	case errors.Is(err, eventstore.ErrUnavailable) && o.EventStore != "":
		return errors.New("the event store of --eventstore does not answer: start it first, or correct the URL / --eventstore 指定的事件库没有响应，请先启动它或改正地址")
	case errors.Is(err, warehouse.ErrEngineForeign):
		return foreign(err)
	}
	return placed(err)
}

// foreign cuts off what led to the refusal of the engine's library, which says what to do.
func foreign(err error) error {
	text := err.Error()
	text, _, _ = strings.Cut(text[strings.Index(text, warehouse.ErrEngineForeign.Error()):], "\n")
	return errors.New(text)
}

// placed adds what to do where a file or directory could not be made in its place.
func placed(err error) error {
	if _, gone := os.Getwd(); gone != nil && errors.Is(err, os.ErrNotExist) {
		return errors.New("the directory that this was started in has been removed: change to another one, or give --data from the root (/…) / 当前目录已被删除，请换到其他目录，或用 --data 指定绝对路径")
	}
	if strings.Contains(err.Error(), "--data") { // it says so already
		return err
	}
	for _, e := range []error{os.ErrPermission, os.ErrExist, syscall.ENOTDIR, syscall.EISDIR, syscall.EROFS} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w: give this user the right to write there, or choose another --data / 数据目录不可用，请授予写权限或另选 --data", err)
		}
	}
	return err
}

// greet prints where the page is. On a first start it also says where the CLI's token lies.
func greet(out io.Writer, a *app.App) {
	fmt.Fprintf(out, "\nCareledger · 照护台账  %s\n", a.URL())
	if link := a.SignInLink(); link != "" {
		fmt.Fprintf(out, "\n  Open this link once to sign in as administrator / 打开此一次性链接即以管理员身份登录：\n  %s\n", link)
	}
	if path := a.TokenFile(); path != "" {
		fmt.Fprintf(out, "\n  The command line on this machine finds its token in / 本机命令行的令牌存于：%s\n\n", path)
	}
}
