package eventstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/command"
)

// ErrLeaseLost ends work whose lease could not be renewed in time, or was taken by another process.
var ErrLeaseLost = errors.New("the lease on this work is lost")

// A holder renews in time to try twice, and stops well before others may take over. Nobody compares clocks: who waits
// measures how long it has seen no renewal.
const (
	leaseRenew = time.Second
	leaseStop  = 2200 * time.Millisecond
	leaseTerm  = 3 * time.Second
	leaseLook  = 400 * time.Millisecond
)

// Lease gives a piece of work to one of the processes that share an event store. It lies beside the ledger as a note
// does: a stream of which only the newest events are kept. Whoever appends at the revision it has seen holds it.
type Lease struct {
	Log *Log
	// Name of the work, lower-case words with hyphens.
	Name string
	// Holder is this process, the same after a restart: it takes back at once what it held before.
	Holder string
	// Alone says that no other process can reach this store: the lease is taken without looking and needs no renewing.
	Alone bool
	// Reluctance is how much longer than others to wait before taking a free lease; nil: not at all.
	Reluctance func() time.Duration

	run      uuid.UUID
	revision int64 // of our last renewal
}

// Hold waits for the lease, and runs work while it is held. The term rises with each taking. Work's ctx ends when the
// lease is lost (ErrLeaseLost); Hold returns what work does, and then gives the lease back.
func (l *Lease) Hold(ctx context.Context, work func(ctx context.Context, term uint64) error) error {
	l.run = uuid.New()
	taken, err := l.acquire(ctx)
	if err != nil {
		return err
	}
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan error, 1)
	go func() { done <- work(working, uint64(l.revision)+1) }()
	lost := make(chan error, 1)
	if !l.Alone {
		go func() { lost <- l.keep(working, taken) }()
	}
	select {
	case err = <-done:
		cancel(nil)
	case err = <-lost:
		cancel(err)
		return errors.Join(err, <-done)
	}
	if !l.Alone {
		if broken := <-lost; errors.Is(broken, ErrLeaseLost) {
			return errors.Join(broken, err)
		}
		l.giveBack(ctx)
	}
	return err
}

// acquire waits until the lease is free, was ours, or has not been renewed for a whole term, and answers when it began
// to take it.
func (l *Lease) acquire(ctx context.Context) (taken time.Time, err error) {
	seen, since, hesitated := int64(-2), time.Time{}, false
	for ctx.Err() == nil {
		revision, holder, err := l.newest(ctx)
		now := time.Now()
		switch {
		case err != nil:
			l.Log.logger.Debug("a lease cannot be read", "lease", l.Name, "error", err)
		case revision != seen && holder != "" && holder != l.Holder && !l.Alone:
			seen, since, hesitated = revision, now, false
		case holder == "" || holder == l.Holder || l.Alone || now.Sub(since) >= leaseTerm:
			if d := l.reluctance(); d > 0 && !hesitated {
				hesitated = true
				waitFor(ctx, d)
				continue
			}
			l.revision = revision
			if err = l.renew(ctx, l.Holder); err == nil {
				return now, nil
			}
			hesitated = false
		}
		waitFor(ctx, leaseLook)
	}
	return taken, ctx.Err()
}

func (l *Lease) reluctance() time.Duration {
	if l.Reluctance == nil || l.Alone {
		return 0
	}
	return l.Reluctance()
}

// keep renews until ctx ends (nil) or the lease is lost.
func (l *Lease) keep(ctx context.Context, renewed time.Time) error {
	tick := time.NewTicker(leaseRenew)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		now := time.Now()
		trying, cancel := context.WithDeadline(ctx, renewed.Add(leaseStop))
		err := l.renew(trying, l.Holder)
		cancel()
		switch {
		case err == nil:
			renewed = now
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, command.ErrWrongRevision):
			return fmt.Errorf("%w: another process has taken %s", ErrLeaseLost, l.Name)
		case time.Since(renewed) >= leaseStop:
			return fmt.Errorf("%w: %s could not be renewed (%w)", ErrLeaseLost, l.Name, err)
		}
	}
}

// giveBack frees the lease, so that others need not wait; where that fails they wait for the term.
func (l *Lease) giveBack(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaseRenew)
	defer cancel()
	if err := l.renew(ctx, ""); err != nil {
		l.Log.logger.Debug("a lease was not given back", "lease", l.Name, "error", err)
	}
}

type heldBy struct {
	Holder string `json:"holder"`
}

func (l *Lease) stream() string { return "lease-" + l.Name }

// newest answers the revision of the newest event, -1 without any, and who holds the lease, "" where nobody does.
func (l *Lease) newest(ctx context.Context) (revision int64, holder string, err error) {
	events, err := l.Log.read(ctx, l.stream(), esdb.ReadStreamOptions{From: esdb.End{}, Direction: esdb.Backwards}, 1)
	if err != nil || len(events) == 0 {
		return -1, "", err
	}
	revision = int64(events[0].EventNumber)
	var n noted
	var h heldBy
	if json.Unmarshal(events[0].Data, &n) != nil || n.NoteOf != l.Log.ledger || json.Unmarshal(n.Value, &h) != nil {
		return revision, "", nil // of a ledger that was here before
	}
	return revision, h.Holder, nil
}

// renew writes behind our last revision who holds the lease. The same event is sent again after an unknown outcome.
func (l *Lease) renew(ctx context.Context, holder string) error {
	value, err := json.Marshal(heldBy{Holder: holder})
	if err != nil {
		return fmt.Errorf("encode lease %s: %w", l.Name, err)
	}
	data, err := json.Marshal(noted{NoteOf: l.Log.ledger, Value: value})
	if err != nil {
		return fmt.Errorf("encode lease %s: %w", l.Name, err)
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if l.revision >= 0 {
		expected = esdb.Revision(uint64(l.revision))
	}
	id := uuid.NewSHA1(l.run, []byte(strconv.FormatInt(l.revision, 10)+holder))
	revision, err := l.Log.write(ctx, l.stream(), expected,
		esdb.EventData{EventID: id, EventType: "Lease", ContentType: esdb.ContentTypeJson, Data: data, Metadata: []byte("{}")})
	if err != nil {
		return err
	}
	first := l.revision < 0
	l.revision = int64(revision)
	if first {
		return Note{log: l.Log, stream: l.stream()}.keepNewest(ctx)
	}
	return nil
}

// waitFor waits for d or until ctx ends.
func waitFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
