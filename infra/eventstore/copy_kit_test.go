package eventstore_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// opened is an event store of its own until the test ends.
func opened(t testing.TB) string {
	t.Helper()
	server, err := embedded.Open(embedded.Options{Dir: filepath.Join(t.TempDir(), "events"), Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Close(context.WithoutCancel(t.Context()))) })
	return server.URL()
}

func logIn(t testing.TB, url string) *eventstore.Log {
	t.Helper()
	codec, err := event.NewCodec(ledger.Types())
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: url, Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, log.Close()) })
	return log
}

// writer fills a store with a ledger and what lies between its events.
type writer struct {
	t      testing.TB
	log    *eventstore.Log
	client *esdb.Client
	rand   *rand.Rand
}

func write(t testing.TB, url string, seed uint64) *writer {
	return &writer{t: t, log: logIn(t, url), client: contract.Dial(t, url), rand: rand.New(rand.NewPCG(seed, 0))}
}

// events appends n events of the ledger to some of 50 streams, a few at a time: types that nobody knows, data that is no
// JSON or is written unusually, and now and then a note or another program's event.
func (w *writer) events(n int) {
	w.t.Helper()
	for n > 0 {
		stream := fmt.Sprintf("elder-%d", w.rand.IntN(50))
		group := make([]esdb.EventData, 0, 5)
		for range min(n, 1+w.rand.IntN(5)*w.rand.IntN(2)) {
			group = append(group, w.event())
		}
		w.append(stream, group...)
		n -= len(group)
		switch w.rand.IntN(20) {
		case 0:
			require.NoError(w.t, w.log.Note("webhook").Write(w.t.Context(), n))
		case 1:
			w.append("somebody-else", esdb.EventData{EventID: uuid.New(), EventType: "Other", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`)})
		case 2:
			w.append("other-ledger", esdb.EventData{
				EventID: uuid.New(), EventType: "DayClosed.v1", ContentType: esdb.ContentTypeJson, Data: []byte(`{}`),
				Metadata: fmt.Appendf(nil, `{"ledger":%q}`, uuid.New()),
			})
		}
	}
}

func (w *writer) event() esdb.EventData {
	e := esdb.EventData{
		EventID: uuid.New(), EventType: "DayClosed.v1", ContentType: esdb.ContentTypeJson, Data: []byte(`{"day":"2022-11-03"}`),
		Metadata: fmt.Appendf(nil, `{"ledger":%q,"recorded_at":"2022-11-03T01:02:03.000004Z","actor":"a"}`, w.log.Ledger()),
	}
	switch w.rand.IntN(8) {
	case 0:
		e.EventType, e.Data = "FromTheFuture.v9", []byte(`{ "å" : [1, 2.50, 1e3],  "z":null }`)
	case 1:
		e.EventType, e.ContentType, e.Data = "Photo.v1", esdb.ContentTypeBinary, []byte{0, 1, 2, 255, 254}
	case 2:
		e.Metadata = fmt.Appendf(nil, "{\"from\": \"the future\",\n  \"ledger\": %q, \"schema\":99}", w.log.Ledger())
	case 3:
		e.Data = fmt.Appendf(nil, `{"text":%q}`, strings.Repeat("字", w.rand.IntN(3000)))
	}
	return e
}

func (w *writer) append(stream string, events ...esdb.EventData) {
	w.t.Helper()
	_, err := w.client.AppendToStream(w.t.Context(), stream, esdb.AppendToStreamOptions{ExpectedRevision: esdb.Any{}}, events...)
	require.NoError(w.t, err)
}

// kept is what of an event a copy keeps.
type kept struct {
	ID             uuid.UUID
	Stream         string
	Revision       uint64
	Type, Content  string
	Data, Metadata string
}

// ledgerIn reads the events of a ledger out of a store, and counts the others by their stream.
func ledgerIn(t testing.TB, url string, id uuid.UUID) (ours []kept, others map[string]int) {
	t.Helper()
	read, err := contract.Dial(t, url).ReadAll(t.Context(), esdb.ReadAllOptions{From: esdb.Start{}}, math.MaxInt64)
	require.NoError(t, err)
	defer read.Close()
	others = map[string]int{}
	for {
		r, err := read.Recv()
		if errors.Is(err, io.EOF) {
			return ours, others
		}
		require.NoError(t, err)
		e := r.OriginalEvent()
		if !strings.Contains(string(e.UserMetadata), id.String()) {
			others[e.StreamID]++
			continue
		}
		ours = append(ours, kept{e.EventID, e.StreamID, e.EventNumber, e.EventType, e.ContentType, string(e.Data), string(e.UserMetadata)})
	}
}
