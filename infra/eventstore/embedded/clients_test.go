package embedded_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/embedded"
)

const nodeSuite = "../contract/node"

// TestNodeClients holds the server to the contract by the official clients for Node.
func TestNodeClients(t *testing.T) {
	installNode(t)
	const password = "s3cret"
	ca, cert, key := authority(t)
	for _, client := range []string{"@eventstore/db-client", "@kurrent/kurrentdb-client"} {
		t.Run(client, func(t *testing.T) {
			t.Run("by address", func(t *testing.T) {
				runNodeSuite(t, open(t, embedded.Options{}).URL(), client)
			})
			t.Run("by discovery", func(t *testing.T) {
				s := open(t, embedded.Options{})
				runNodeSuite(t, strings.Replace(s.URL(), "esdb://", "esdb+discover://", 1), client)
			})
			for _, scheme := range []string{"esdb", "esdb+discover"} {
				t.Run("TLS and password, "+scheme, func(t *testing.T) {
					s := open(t, embedded.Options{TLSCert: cert, TLSKey: key, AdminPassword: password})
					runNodeSuite(t, fmt.Sprintf("%s://admin:%s@%s?tls=true&tlsCAFile=%s", scheme, password, s.Addr(), ca), client)
				})
			}
		})
	}
}

// runNodeSuite runs the suite by one client and shows what failed of it.
func runNodeSuite(t *testing.T, url, client string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	process := exec.CommandContext(ctx, "node", "suite.mjs", url, client)
	process.Dir = nodeSuite
	output, err := process.CombinedOutput()
	require.NoError(t, err, "%s", failures(output))
	passed := regexp.MustCompile(`(?m)^# pass (\d+)$`).FindSubmatch(output)
	require.NotNil(t, passed, "%s", output)
	require.NotEqual(t, "0", string(passed[1]))
	require.Contains(t, string(output), "\n# skipped 0\n", "all of it is for this server")
	t.Logf("%s tests passed", passed[1])
}

// failures is the part of a TAP report from each "not ok" to its end, or all of it where there is none.
func failures(report []byte) []byte {
	found := regexp.MustCompile(`(?ms)^not ok .*?^  \.\.\.$`).FindAll(report, -1)
	if len(found) == 0 {
		return report
	}
	return bytes.Join(found, []byte("\n"))
}

// installNode has npm install the clients, as the lock file says, where they are not there yet.
func installNode(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CAREL_REQUIRE_NODE") == "1" {
				require.NoError(t, err)
			}
			t.Skipf("%s is not on PATH", tool)
		}
	}
	require.NoError(t, npmCI())
}

var npmCI = sync.OnceValue(func() error {
	lockFile := filepath.Join(nodeSuite, "package-lock.json")
	lock, err := os.Open(lockFile)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil { // until lock is closed
		return err
	}
	wanted, err := os.Stat(lockFile)
	if err != nil {
		return err
	}
	// npm writes this file last.
	there, err := os.Stat(filepath.Join(nodeSuite, "node_modules", ".package-lock.json"))
	if err == nil && !there.ModTime().Before(wanted.ModTime()) {
		return nil
	}
	npm := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	npm.Dir = nodeSuite
	if output, err := npm.CombinedOutput(); err != nil {
		return fmt.Errorf("npm ci: %w\n%s", err, output)
	}
	return nil
})
