package contract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

const patience = 20 * time.Second

// moment is a deadline for what a server may leave without an end.
var moment = time.Second

// kit is a client with the phrases the tests are written in.
type kit struct {
	client *esdb.Client
	url    string
	// limited: the server's operator may have set lower limits, above which nothing is tested.
	limited bool
}

func deadline(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// stream makes a name that nothing else uses.
func stream(kind string) string { return kind + "-" + uuid.NewString() }

// events makes n events with data 0…n-1 behind a label.
func events(label string, n int) []esdb.EventData {
	made := make([]esdb.EventData, n)
	for i := range made {
		made[i] = esdb.EventData{
			EventID: uuid.New(), EventType: "Tested.v1", ContentType: esdb.ContentTypeJson,
			Data: fmt.Appendf(nil, `{"label":%q,"n":%d}`, label, i), Metadata: []byte(`{"by":"contract"}`),
		}
	}
	return made
}

func (k *kit) append(t testing.TB, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) *esdb.WriteResult {
	t.Helper()
	result, err := k.client.AppendToStream(deadline(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	require.NoError(t, err)
	return result
}

// send appends where the test may not end: in another goroutine, or because it may be refused.
func (k *kit) send(t testing.TB, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) error {
	t.Helper()
	_, err := k.client.AppendToStream(deadline(t), stream, esdb.AppendToStreamOptions{ExpectedRevision: expected}, events...)
	return err
}

func (k *kit) refused(t testing.TB, code esdb.ErrorCode, stream string, expected esdb.ExpectedRevision, events ...esdb.EventData) {
	t.Helper()
	requireCode(t, code, k.send(t, stream, expected, events...))
}

func requireCode(t testing.TB, code esdb.ErrorCode, err error) {
	t.Helper()
	var e *esdb.Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code(), "%v", err)
}

// read reads a whole stream, or what opts and count say of it.
func (k *kit) read(t testing.TB, stream string, opts esdb.ReadStreamOptions, count uint64) ([]*esdb.ResolvedEvent, error) {
	t.Helper()
	reading, err := k.client.ReadStream(deadline(t), stream, opts, count)
	if err != nil {
		return nil, err
	}
	defer reading.Close()
	return collect(reading)
}

func (k *kit) readAll(t testing.TB, opts esdb.ReadAllOptions, count uint64) []*esdb.ResolvedEvent {
	t.Helper()
	found, err := k.tryAll(t, opts, count)
	require.NoError(t, err)
	return found
}

// tryAll reads $all where it may be refused.
func (k *kit) tryAll(t testing.TB, opts esdb.ReadAllOptions, count uint64) ([]*esdb.ResolvedEvent, error) {
	t.Helper()
	reading, err := k.client.ReadAll(deadline(t), opts, count)
	if err != nil {
		return nil, err
	}
	defer reading.Close()
	return collect(reading)
}

func collect(reading *esdb.ReadStream) (found []*esdb.ResolvedEvent, err error) {
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

func (k *kit) whole(t testing.TB, stream string) []*esdb.ResolvedEvent {
	t.Helper()
	found, err := k.read(t, stream, esdb.ReadStreamOptions{From: esdb.Start{}}, math.MaxUint64)
	require.NoError(t, err)
	return found
}

func revisions(found []*esdb.ResolvedEvent) []uint64 {
	numbers := make([]uint64, len(found))
	for i, e := range found {
		numbers[i] = e.OriginalEvent().EventNumber
	}
	return numbers
}

func ids(found []*esdb.ResolvedEvent) []uuid.UUID {
	all := make([]uuid.UUID, len(found))
	for i, e := range found {
		all[i] = e.OriginalEvent().EventID
	}
	return all
}

func sentIDs(sent []esdb.EventData) []uuid.UUID {
	all := make([]uuid.UUID, len(sent))
	for i := range sent {
		all[i] = sent[i].EventID
	}
	return all
}

func span(from, to uint64) []uint64 {
	var numbers []uint64
	for n := from; n <= to; n++ {
		numbers = append(numbers, n)
	}
	return numbers
}

func down(from, to uint64) []uint64 {
	var numbers []uint64
	for n := from + 1; n > to; n-- {
		numbers = append(numbers, n-1)
	}
	return numbers
}
