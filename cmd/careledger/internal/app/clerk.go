package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/infra/eventstore"
)

// clerk writes what belongs to the ledger itself: the plan and the areas in force, and the days that have passed.
type clerk struct {
	log        *eventstore.Log
	prefecture string
	area       string
	now        func() time.Time
}

// adopt appends a plan and an area table unless the newest of their stream is the same.
func (c clerk) adopt(ctx context.Context, planID string, content json.RawMessage, areas string) error {
	planHash, areasHash := digest(content), digest([]byte(areas))
	err := c.append(ctx, plan.Stream(c.prefecture, planID), ledger.PlanAdopted{}.EventType(), func(newest event.Event) []event.Event {
		if e, ok := newest.(ledger.PlanAdopted); ok && e.SHA256 == planHash {
			return nil
		}
		return []event.Event{ledger.PlanAdopted{Plan: planID, Content: content, SHA256: planHash}}
	})
	if err != nil {
		return err
	}
	return c.append(ctx, "areas-"+c.prefecture, ledger.AreasAdopted{}.EventType(), func(newest event.Event) []event.Event {
		if e, ok := newest.(ledger.AreasAdopted); ok && e.SHA256 == areasHash {
			return nil
		}
		return []event.Event{ledger.AreasAdopted{Prefecture: c.prefecture, Content: areas, SHA256: areasHash}}
	})
}

// closeDays closes the days up to yesterday, and again after each midnight of the plan's zone, until ctx ends.
func (c clerk) closeDays(ctx context.Context) error {
	for {
		if err := c.append(ctx, "calendar-"+c.prefecture, ledger.DayClosed{}.EventType(), c.unclosed); err != nil {
			return err
		}
		timer := time.NewTimer(30 * time.Second)
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// mostDays bounds an append; what is left is closed next time.
const mostDays = 1000

// unclosed closes each day behind the newest that is closed, also those on which no process was there to do it: who counts
// meanwhile would else never begin the months between. A new ledger begins with yesterday.
func (c clerk) unclosed(newest event.Event) (days []event.Event) {
	yesterday := calendar.DayOf(c.now()) - 1
	from := yesterday
	if e, ok := newest.(ledger.DayClosed); ok {
		from = e.Day + 1
	}
	for day := from; day <= yesterday && len(days) < mostDays; day++ {
		days = append(days, ledger.DayClosed{Day: day})
	}
	return days
}

// append adds to a stream what say answers to the newest of its events of a type (nil: there is none). Of several
// processes, one writes it.
func (c clerk) append(ctx context.Context, stream, eventType string, say func(newest event.Event) []event.Event) error {
	held, err := c.log.Load(ctx, stream, 0)
	if err != nil {
		return err
	}
	expected, newest := command.NoStream, event.Event(nil)
	for _, r := range held {
		expected = int64(r.Revision)
		if r.Type == eventType { // others are of a plan's targets
			newest = r.Event
		}
	}
	id := uuid.New()
	var events []event.Pending
	for i, e := range say(newest) {
		events = append(events, event.Pending{
			ID: command.EventID(id, stream, i), Event: e,
			Metadata: event.Metadata{
				Ledger: c.log.Ledger(), CommandID: id, CorrelationID: id, CausationID: id, Actor: "system", Area: c.area,
				ReceivedAt: c.now().UTC().Truncate(time.Microsecond), Schema: event.SchemaVersion,
			},
		})
	}
	if len(events) == 0 {
		return nil
	}
	err = c.log.Append(ctx, stream, expected, events)
	if errors.Is(err, command.ErrWrongRevision) {
		return nil // another process wrote it just now
	}
	return err
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
