package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/cmd/careledger/internal/app"
	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

const (
	// appendAtOnce is how many records are appended before those that were received after them, unless a day ends.
	appendAtOnce  = 20_000
	appendWriters = 64
)

var errLogNotEmpty = errors.New("the log holds records of this simulation already: name an empty directory / 该日志已有模拟记录，请指定空目录")

// appender appends the events of a simulation to a log of its own, recorded when they were received. Revisions are by
// subject; a figure's stream has none and is known by its name.
type appender struct {
	log       *eventstore.Log
	now       atomic.Int64 // the instant of the simulation, in seconds
	revisions map[uuid.UUID]int64
}

// fillLogWith makes a log in dir, as `careledger eventstore --data` holds it, and answers how many events are in it.
func fillLogWith(ctx context.Context, dir string, records iter.Seq[simulate.Record]) (events int, err error) {
	codec, err := app.Codec()
	if err != nil {
		return 0, err
	}
	store, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return 0, fmt.Errorf("open the log: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close(context.WithoutCancel(ctx))) }()
	a := &appender{revisions: map[uuid.UUID]int64{}}
	var window []simulate.Record
	for r := range records {
		if a.log == nil {
			a.now.Store(r.Received.Unix())
			a.log, err = eventstore.Open(ctx, eventstore.Options{
				URL: store.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Unix(a.now.Load(), 0) },
			})
			if err != nil {
				return 0, fmt.Errorf("reach the log: %w", err)
			}
			defer func() { _ = a.log.Close() }() // what matters is durable
		}
		if n := len(window); n == appendAtOnce || n > 0 && calendar.DayOf(window[n-1].Received) != calendar.DayOf(r.Received) {
			if err := a.append(ctx, window); err != nil {
				return events, err
			}
			events, window = events+n, window[:0]
		}
		window = append(window, r)
	}
	if len(window) > 0 {
		err = a.append(ctx, window)
	}
	return events + len(window), err
}

// append appends records of one time, streams beside each other.
func (a *appender) append(ctx context.Context, records []simulate.Record) error {
	a.now.Store(records[len(records)-1].Received.Unix())
	streams := map[string][]event.Pending{}
	keys := map[string]uuid.UUID{}
	for _, r := range records {
		stream, e := r.Pending(a.log.Ledger())
		key := r.Subject
		if key == uuid.Nil {
			key = uuid.NewSHA1(uuid.NameSpaceURL, []byte(stream))
		}
		streams[stream], keys[stream] = append(streams[stream], e), key
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(appendWriters)
	for stream, events := range streams {
		expected := command.NoStream
		if known, ok := a.revisions[keys[stream]]; ok {
			expected = known
		}
		a.revisions[keys[stream]] = expected + int64(len(events))
		group.Go(func() error {
			err := a.log.Append(ctx, stream, expected, events)
			if errors.Is(err, command.ErrWrongRevision) {
				return errLogNotEmpty
			}
			return err
		})
	}
	return group.Wait()
}
