package kurrent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/kurrent-io/KurrentDB-Client-Go/kurrentdb"
	"github.com/stretchr/testify/require"
)

// kit is a client with the phrases the tests are written in.
type kit struct{ *kurrentdb.Client }

func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// stream makes a name that nothing else uses.
func stream(kind string) string { return kind + "-" + uuid.NewString() }

// events makes n events with data 0…n-1 behind a label.
func events(label string, n int) []kurrentdb.EventData {
	made := make([]kurrentdb.EventData, n)
	for i := range made {
		made[i] = kurrentdb.EventData{
			EventID: uuid.New(), EventType: "Tested.v1", ContentType: kurrentdb.ContentTypeJson,
			Data: fmt.Appendf(nil, `{"label":%q,"n":%d}`, label, i), Metadata: []byte(`{"by":"contract"}`),
		}
	}
	return made
}

// send appends where it may be refused.
func (k *kit) send(t testing.TB, s string, expected kurrentdb.StreamState, events ...kurrentdb.EventData) (*kurrentdb.WriteResult, error) {
	t.Helper()
	return k.AppendToStream(deadline(t), s, kurrentdb.AppendToStreamOptions{StreamState: expected}, events...)
}

func (k *kit) append(t testing.TB, s string, expected kurrentdb.StreamState, events ...kurrentdb.EventData) *kurrentdb.WriteResult {
	t.Helper()
	result, err := k.send(t, s, expected, events...)
	require.NoError(t, err)
	return result
}

// mark answers a position before which all is older than what comes next.
func (k *kit) mark(t testing.TB) kurrentdb.Position {
	t.Helper()
	r := k.append(t, stream("mark"), kurrentdb.NoStream{}, events("mark", 1)...)
	return kurrentdb.Position{Commit: r.CommitPosition, Prepare: r.PreparePosition}
}

func (k *kit) refused(t testing.TB, code kurrentdb.ErrorCode, s string, expected kurrentdb.StreamState, events ...kurrentdb.EventData) {
	t.Helper()
	_, err := k.send(t, s, expected, events...)
	requireCode(t, code, err)
}

func requireCode(t testing.TB, code kurrentdb.ErrorCode, err error) {
	t.Helper()
	var e *kurrentdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code(), "%v", err)
}

func (k *kit) read(t testing.TB, s string, opts kurrentdb.ReadStreamOptions, count uint64) ([]*kurrentdb.ResolvedEvent, error) {
	t.Helper()
	reading, err := k.ReadStream(deadline(t), s, opts, count)
	require.NoError(t, err)
	defer reading.Close()
	return collect(reading)
}

// whole reads a stream from its start.
func (k *kit) whole(t testing.TB, s string) []*kurrentdb.ResolvedEvent {
	t.Helper()
	found, err := k.read(t, s, kurrentdb.ReadStreamOptions{From: kurrentdb.Start{}}, all)
	require.NoError(t, err)
	return found
}

func (k *kit) readAll(t testing.TB, opts kurrentdb.ReadAllOptions, count uint64) []*kurrentdb.ResolvedEvent {
	t.Helper()
	reading, err := k.ReadAll(deadline(t), opts, count)
	require.NoError(t, err)
	defer reading.Close()
	found, err := collect(reading)
	require.NoError(t, err)
	return found
}

func collect(reading *kurrentdb.ReadStream) (found []*kurrentdb.ResolvedEvent, err error) {
	for {
		e, err := reading.Recv()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return found, err
		}
		found = append(found, e)
	}
}

func revisions(found []*kurrentdb.ResolvedEvent) []uint64 {
	numbers := make([]uint64, len(found))
	for i, e := range found {
		numbers[i] = e.OriginalEvent().EventNumber
	}
	return numbers
}

func ids(found []*kurrentdb.ResolvedEvent) []uuid.UUID {
	made := make([]uuid.UUID, len(found))
	for i, e := range found {
		made[i] = e.OriginalEvent().EventID
	}
	return made
}

func sentIDs(sent []kurrentdb.EventData) []uuid.UUID {
	made := make([]uuid.UUID, len(sent))
	for i := range sent {
		made[i] = sent[i].EventID
	}
	return made
}

// ofStream keeps what is of the streams.
func ofStream(found []*kurrentdb.ResolvedEvent, streams ...string) (own []*kurrentdb.ResolvedEvent) {
	for _, e := range found {
		if slices.Contains(streams, e.OriginalEvent().StreamID) {
			own = append(own, e)
		}
	}
	return own
}

// span is from…to, upwards or downwards.
func span(from, to uint64) []uint64 {
	numbers := []uint64{from}
	for from != to {
		if from++; from > to+1 {
			from -= 2
		}
		numbers = append(numbers, from)
	}
	return numbers
}
