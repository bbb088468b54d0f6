package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// eventsOfElder are a registration, circumstances and a visit in each of so many months.
const eventsOfElder = 40

// fillLog writes a ledger of about n events to dir, as an import does: elders of every township, each with a visit in
// each of the 38 months from 2021 on.
func fillLog(ctx context.Context, dir string, codec *event.Codec, n int) error {
	store, err := embedded.Open(embedded.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		return fmt.Errorf("open the log: %w", err)
	}
	defer func() { _ = store.Close(context.WithoutCancel(ctx)) }() // what matters is durable
	log, err := eventstore.Open(ctx, eventstore.Options{URL: store.URL(), Codec: codec, Logger: slog.New(slog.DiscardHandler), Now: func() time.Time { return time.Now().Add(-time.Hour) }})
	if err != nil {
		return fmt.Errorf("reach the log: %w", err)
	}
	defer func() { _ = log.Close() }() // as above
	areas, err := area.Wenshan()
	if err != nil {
		return err
	}
	var townships []string
	for _, county := range areas.Children(areas.Root().Code) {
		for _, township := range areas.Children(county.Code) {
			townships = append(townships, township.Code)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	const writers = 8
	for w := range writers {
		group.Go(func() error {
			for i := w; i < n/eventsOfElder && ctx.Err() == nil; i += writers {
				id, events := historyOfElder(log.Ledger(), i, townships[i%len(townships)])
				if err := log.Append(ctx, "elder-5326-"+id.String(), command.NoStream, events); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// historyOfElder is what is recorded of the n-th elder.
func historyOfElder(ledger uuid.UUID, n int, area string) (uuid.UUID, []event.Pending) {
	rng := rand.New(rand.NewPCG(7, uint64(n)))
	id := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "bench elder %d", n))
	registered := calendar.Date(2020, time.December, 1)
	events := []event.Event{
		elder.Registered{Elder: id, Area: area, RegisteredOn: registered, Sex: "female", BirthMonth: calendar.MonthOf(1940+rng.IntN(20), time.March)},
		elder.CircumstancesRecorded{Elder: id, Circumstances: []elder.Circumstance{"living_alone"}, EffectiveOn: registered},
	}
	for m := range eventsOfElder - len(events) {
		visit := uuid.NewSHA1(id, fmt.Appendf(nil, "visit %d", m))
		on := calendar.Date(2021, time.January+time.Month(m), 1+rng.IntN(28))
		events = append(events, elder.HomeVisitLogged{Elder: id, Visit: visit, OccurredOn: on, Mode: "home", Outcome: []elder.Outcome{"seen", "seen", "seen", "absent"}[rng.IntN(4)]})
	}
	pending := make([]event.Pending, len(events))
	by := uuid.NewSHA1(id, []byte("import"))
	for i, e := range events {
		pending[i] = event.Pending{ID: command.EventID(by, "elder-5326-"+id.String(), i), Event: e, Metadata: event.Metadata{
			Ledger: ledger, CommandID: by, CorrelationID: by, CausationID: by, Actor: "import", Device: "office-1", Area: area, OccurredOn: registered,
			ReceivedAt: time.Now().UTC().Truncate(time.Microsecond), Schema: event.SchemaVersion,
		}}
	}
	return id, pending
}
