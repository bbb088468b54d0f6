package embedded_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

// The test binary is also the child: with this variable it serves the directory that it names.
const serveVariable = "CAREL_TEST_SERVE"

func TestMain(m *testing.M) {
	if dir := os.Getenv(serveVariable); dir != "" {
		os.Exit(serveChild(dir))
	}
	if dir := os.Getenv(parentVariable); dir != "" {
		os.Exit(superviseUntilKilled(dir))
	}
	if _, err := embedded.Locate(""); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

func serveChild(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	err := embedded.Serve(ctx, embedded.Options{
		Dir: dir, Listen: "127.0.0.1:0", Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}
