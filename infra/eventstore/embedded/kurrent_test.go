package embedded_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// TestKurrentClient holds the server to the contract by KurrentDB's Go client, in another program: the server's own
// messages bear the same names as that client's, and a program can have each name once.
func TestKurrentClient(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is not on PATH")
	}
	t.Run("by address", func(t *testing.T) {
		runKurrent(t, open(t, embedded.Options{}).URL())
	})
	t.Run("by discovery, under its newer name", func(t *testing.T) {
		runKurrent(t, strings.Replace(open(t, embedded.Options{}).URL(), "esdb://", "kurrentdb+discover://", 1))
	})
	t.Run("TLS and password", func(t *testing.T) {
		ca, cert, key := authority(t)
		s := open(t, embedded.Options{TLSCert: cert, TLSKey: key, AdminPassword: "s3cret"})
		runKurrent(t, fmt.Sprintf("esdb://admin:s3cret@%s?tls=true&tlsCaFile=%s", s.Addr(), ca))
	})
}

func runKurrent(t *testing.T, url string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, "go", "test", "-count=1", "-v", "../contract/kurrent")
	process.Env = append(os.Environ(), "CAREL_TEST_EVENTSTORE="+url)
	output, err := process.CombinedOutput()
	require.NoError(t, err, "%s", output)
	require.Contains(t, string(output), "--- PASS: TestExternal")
	require.NotContains(t, string(output), "--- SKIP", "all of it is for this server")
}
