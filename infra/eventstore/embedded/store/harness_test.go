package store

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// openIn opens the store in dir until the test ends or shut is called.
func openIn(t *testing.T, dir string, clock func() time.Time) (s *Store, shut func()) {
	t.Helper()
	s, err := Open(Options{Dir: dir, Now: clock})
	require.NoError(t, err)
	shut = func() { require.NoError(t, s.Close(context.WithoutCancel(t.Context()))) }
	t.Cleanup(shut)
	return s, shut
}

// write appends n events to stream, in appends of size.
func write(t *testing.T, s *Store, stream string, n, size int) {
	t.Helper()
	for n > 0 {
		events := make([]Proposed, min(n, size))
		for i := range events {
			events[i] = Proposed{ID: uuid.New(), Type: "Tested.v1", JSON: true, Data: fmt.Appendf(nil, `{"of":%q,"n":%d}`, stream, n-i)}
		}
		_, err := s.Append(t.Context(), stream, Any, events)
		require.NoError(t, err)
		n -= len(events)
	}
}

func setMetadata(t *testing.T, s *Store, stream, metadata string) {
	t.Helper()
	_, err := s.Append(t.Context(), metastreamOf(stream), Any, []Proposed{metadataEvent([]byte(metadata))})
	require.NoError(t, err)
}

// verified verifies dir and answers what was found.
func verified(t *testing.T, dir string) (Summary, []string, []uint64) {
	t.Helper()
	var found []string
	var positions []uint64
	summary, err := Verify(t.Context(), Options{Dir: dir},
		func(r *Record) error { positions = append(positions, r.Position); return nil },
		func(p Problem) { found = append(found, p.String()) })
	require.NoError(t, err)
	return summary, found, positions
}

// meddle changes what Pebble holds behind the store's back.
func meddle(t *testing.T, dir string, change func(db *pebble.DB)) {
	t.Helper()
	db, err := pebble.Open(dir, &pebble.Options{FormatMajorVersion: pebble.FormatNewest, Logger: &pebbleLog{logger: discard}})
	require.NoError(t, err)
	change(db)
	require.NoError(t, db.Flush())
	require.NoError(t, db.Close())
}
