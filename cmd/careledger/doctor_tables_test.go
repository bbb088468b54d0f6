package main

import (
	"log/slog"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse"
)

func TestDoctorAsksAWarehouseForItsSchema(t *testing.T) {
	addr := freeAddress(t)
	url := "http://default@" + addr
	examine := func() (out string, code int) {
		out, _, code = careledger(t, nil, "doctor", "--data", t.TempDir(), "--listen", freeAddress(t), "--clickhouse", url)
		return out, code
	}
	out, code := examine()
	require.Equal(t, exitSetup, code)
	require.Contains(t, out, "does not answer")

	path, err := binary()
	require.NoError(t, err)
	engine := exec.Command(path, "warehouse", "--data", t.TempDir(), "--listen", addr)
	engine.Stderr = os.Stderr
	require.NoError(t, engine.Start())
	t.Cleanup(func() {
		_ = engine.Process.Signal(syscall.SIGTERM) // it may have ended already
		_ = engine.Wait()
	})
	w, err := warehouse.Open(warehouse.Options{URL: url, Database: "careledger", Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer w.Close()
	require.Eventually(t, func() bool { return w.Healthy(t.Context()) == nil }, 30*time.Second, 50*time.Millisecond)

	out, code = examine()
	require.Zero(t, code, out)
	require.Contains(t, out, "0 of 9 steps (the projector makes the rest")
	require.NoError(t, w.Migrate(t.Context()))
	out, code = examine()
	require.Zero(t, code, out)
	require.Contains(t, out, "9 of 9 steps")

	o, err := clickhouse.ParseDSN(url)
	require.NoError(t, err)
	conn, err := clickhouse.Open(o)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.Exec(t.Context(), "INSERT INTO careledger.migrations VALUES (99, now64(6), 'x')"))
	out, code = examine()
	require.Equal(t, exitSetup, code)
	require.Contains(t, out, "laid out by a newer careledger")
	require.Contains(t, out, "请使用该版本")
}
