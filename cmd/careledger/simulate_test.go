package main

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func TestASimulationIsWrittenToAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "records.ndjson.gz")
	args := []string{"simulate", "--scale", "0.01", "--to", "2020-12", "--only", "houses,units", "--out", name}
	out, errs, code := careledger(t, nil, args...)
	require.Zero(t, code, errs)
	require.Contains(t, out, "records in")
	f, err := os.Open(name)
	require.NoError(t, err)
	defer f.Close()
	z, err := gzip.NewReader(f)
	require.NoError(t, err)
	text, err := io.ReadAll(z)
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	require.Greater(t, len(lines), 50)
	for _, line := range lines {
		var c struct {
			Key, Type string
			Body      map[string]any
		}
		require.NoError(t, json.Unmarshal([]byte(line), &c))
		require.NotEmpty(t, c.Key)
		require.NotEmpty(t, c.Type)
		require.NotEmpty(t, c.Body)
	}
	events, _, code := careledger(t, nil, append(args[:len(args)-1], "-", "--events")...)
	require.Zero(t, code)
	require.Contains(t, events, `"type":"UnitRegistered.v1"`)
}

func TestASimulationThatCannotBeIsRefused(t *testing.T) {
	for name, args := range map[string][]string{
		"a scale too large":                       {"--scale", "1000"},
		"no month":                                {"--from", "2020"},
		"a month before the first":                {"--from", "2019-01"},
		"a part that there is not":                {"--only", "roads"},
		"events for a server":                     {"--events"},
		"a file in a directory that is not there": {"--out", filepath.Join(t.TempDir(), "nowhere", "x.ndjson")},
	} {
		_, errs, code := careledger(t, nil, append([]string{"simulate", "--scale", "0.01", "--to", "2020-11"}, args...)...)
		require.NotZero(t, code, name)
		require.NotEmpty(t, errs, name)
	}
}

// TestASimulationBecomesALog reads the log that was made: what was recorded when, by whom, in the order of each stream.
func TestASimulationBecomesALog(t *testing.T) {
	areas, err := area.Wenshan()
	require.NoError(t, err)
	figures, err := simulate.Wenshan()
	require.NoError(t, err)
	w, err := simulate.New(simulate.Options{
		Seed: 1, Scale: 0.01, From: figures.Opening, To: calendar.MonthOf(2021, time.April), Figures: figures, Areas: areas,
		Parts: []string{simulate.Houses, simulate.Reports, simulate.Retrofit},
	})
	require.NoError(t, err)
	dir := t.TempDir()
	n, err := fillLogWith(t.Context(), dir, w.Records())
	require.NoError(t, err)

	store, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	codec, err := app.Codec()
	require.NoError(t, err)
	log, err := eventstore.Open(t.Context(), eventstore.Options{URL: store.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	wanted, streams := 0, map[string][]simulate.Record{}
	for r := range w.Records() {
		wanted++
		streams[r.Stream()] = append(streams[r.Stream()], r)
	}
	require.Equal(t, wanted, n)
	for stream, records := range streams {
		events, err := log.Load(t.Context(), stream, 0)
		require.NoError(t, err)
		require.Len(t, events, len(records), stream)
		for i, e := range events {
			require.Equal(t, records[i].Event, e.Event)
			require.Equal(t, records[i].Received, e.Metadata.ReceivedAt)
			require.Equal(t, log.Ledger(), e.Metadata.Ledger)
			require.False(t, e.Metadata.RecordedAt.Before(e.Metadata.ReceivedAt))
			require.Equal(t, calendar.DayOf(e.Metadata.ReceivedAt), calendar.DayOf(e.Metadata.RecordedAt))
		}
	}
	require.NoError(t, log.Close())
	require.NoError(t, store.Close(t.Context()))

	again, err := fillLogWith(t.Context(), dir, w.Records())
	require.NoError(t, err)
	require.Equal(t, n, again)
	store, err = embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer func() { require.NoError(t, store.Close(t.Context())) }()
	log, err = eventstore.Open(t.Context(), eventstore.Options{URL: store.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
	defer log.Close()
	for stream, records := range streams {
		events, err := log.Load(t.Context(), stream, 0)
		require.NoError(t, err)
		require.Len(t, events, len(records), "twice changes nothing")
	}
}
