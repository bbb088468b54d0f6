package telemetry_test

import (
	"testing"
	"time"

	"go.uber.org/goleak"
)

const (
	patience = 20 * time.Second
	interval = 5 * time.Millisecond
)

// TestMain fails where something goes on after Close; connections that wait for reuse end by themselves.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"), goleak.IgnoreTopFunction("internal/poll.runtime_pollWait"))
}
