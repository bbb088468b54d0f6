package kurrent

import (
	"os"
	"testing"
)

// TestExternal holds the event store at CAREL_TEST_EVENTSTORE to the contract.
func TestExternal(t *testing.T) {
	url := os.Getenv("CAREL_TEST_EVENTSTORE")
	if url == "" {
		t.Skip("CAREL_TEST_EVENTSTORE is not set")
	}
	Run(t, url)
}
