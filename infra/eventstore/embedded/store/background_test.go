package store

import (
	"errors"
	"syscall"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/stretchr/testify/require"
)

// TestWritesThatWaitForWorkThatFailed are given up after a while, except where the wait may end by itself.
func TestWritesThatWaitForWorkThatFailed(t *testing.T) {
	broken := errors.New("broken")
	waiting := func(work error, patience time.Duration) (b *background, givenUp chan error) {
		givenUp = make(chan error, 1)
		b = &background{guard: &guard{fail: func(err error) { givenUp <- err }}, logger: discard, patience: patience}
		b.opened.Store(true)
		if work != nil {
			b.failed(work)
		}
		b.stall(pebble.WriteStallBeginInfo{Reason: "tested"})
		return b, givenUp
	}
	_, givenUp := waiting(broken, time.Millisecond)
	require.ErrorIs(t, <-givenUp, broken)
	for _, passes := range []error{nil, syscall.ENOSPC} { // a slow disk, a full one
		b, givenUp := waiting(passes, time.Hour)
		b.giveUp()
		require.Empty(t, givenUp)
		b.resume()
	}
	b, _ := waiting(broken, time.Hour)
	b.resume()
	require.False(t, b.stalled.Stop(), "it goes on, and is not watched any more")
}
