package embedded_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

const parentVariable = "CAREL_TEST_PARENT"

func supervisorOptions(t testing.TB, dir string) embedded.SupervisorOptions {
	t.Helper()
	exe, err := os.Executable()
	require.NoError(t, err)
	return embedded.SupervisorOptions{
		Command:    []string{exe},
		Env:        []string{serveVariable + "=" + dir},
		Logger:     slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug})),
		ProbeEvery: 200 * time.Millisecond,
	}
}

// supervise starts a warehouse below dir, closed with the test.
func supervise(t testing.TB, dir string) *embedded.Supervisor {
	t.Helper()
	s, err := embedded.Supervise(t.Context(), supervisorOptions(t, dir))
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		require.NoError(t, s.Close(ctx))
	})
	return s
}

func clientOptions(t testing.TB, s *embedded.Supervisor) *clickhouse.Options {
	t.Helper()
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	password, _ := u.User.Password()
	return &clickhouse.Options{
		Addr:         []string{u.Host},
		Protocol:     clickhouse.HTTP,
		Auth:         clickhouse.Auth{Username: u.User.Username(), Password: password},
		DialTimeout:  10 * time.Second,
		ReadTimeout:  time.Minute,
		MaxOpenConns: 8,
		MaxIdleConns: 4,
	}
}

// open connects clickhouse-go, closed with the test.
func open(t testing.TB, s *embedded.Supervisor) driver.Conn {
	t.Helper()
	return openWith(t, clientOptions(t, s))
}

func openWith(t testing.TB, o *clickhouse.Options) driver.Conn {
	t.Helper()
	c, err := clickhouse.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	return c
}

// fresh starts a warehouse in a new directory and connects to it.
func fresh(t testing.TB) driver.Conn {
	t.Helper()
	return open(t, supervise(t, filepath.Join(t.TempDir(), "warehouse")))
}

func run(t testing.TB, c driver.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		require.NoError(t, c.Exec(t.Context(), s), s)
	}
}

func count(t testing.TB, c driver.Conn, table string) uint64 {
	t.Helper()
	var n uint64
	require.NoError(t, c.QueryRow(t.Context(), "SELECT count() FROM "+table).Scan(&n))
	return n
}

// superviseUntilKilled is the parent in TestTheChildGoesWithItsParent: it tells its warehouse's address and lives on.
func superviseUntilKilled(dir string) int {
	exe, err := os.Executable()
	if err != nil {
		return 1
	}
	s, err := embedded.Supervise(context.Background(), embedded.SupervisorOptions{
		Command: []string{exe}, Env: []string{serveVariable + "=" + dir, parentVariable + "="}, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(s.URL())
	select {}
}
