package control

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
	"strings"
	"syscall"
)

// ErrNobody is answered where no process has the data directory open.
var ErrNobody = errors.New("no running careledger has this data directory / 没有正在运行的进程使用该数据目录")

// Snapshot asks the process that has dir open for a snapshot of it. The snapshot is on the same disk and there until
// release is called or this process ends.
func Snapshot(ctx context.Context, dir string) (path string, release func(), err error) {
	body, err := call(ctx, dir, "/snapshot")
	if err != nil {
		return "", nil, err
	}
	if err := json.NewDecoder(body).Decode(&path); err != nil {
		return "", nil, errors.Join(fmt.Errorf("take a snapshot: %w", err), body.Close())
	}
	return filepath.Join(dir, path), func() { _ = body.Close() }, nil
}

// Scavenge asks the process that has dir open to scavenge, and fills removed with what it answers.
func Scavenge(ctx context.Context, dir string, removed any) error {
	body, err := call(ctx, dir, "/scavenge")
	if err != nil {
		return err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(removed); err != nil {
		return fmt.Errorf("scavenge: %w", err)
	}
	return nil
}

// SignInLink asks the process that has dir open for a link that signs a browser in, once.
func SignInLink(ctx context.Context, dir string) (link string, err error) {
	body, err := call(ctx, dir, "/sign-in-link")
	if err != nil {
		return "", err
	}
	defer body.Close()
	if err := json.NewDecoder(body).Decode(&link); err != nil {
		return "", fmt.Errorf("make a sign-in link: %w", err)
	}
	return link, nil
}

func call(ctx context.Context, dir, action string) (io.ReadCloser, error) {
	at, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("the data directory cannot be opened / 无法打开数据目录: %w", err)
	}
	defer at.Close()
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socketIn(at))
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control"+action, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNobody
	case err != nil:
		return nil, fmt.Errorf("ask the running process: %w", err)
	case response.StatusCode != http.StatusOK:
		defer response.Body.Close()
		why, err := io.ReadAll(io.LimitReader(response.Body, 4096))
		return nil, errors.Join(errors.New(strings.TrimSpace(string(why))), err)
	}
	return response.Body, nil
}
