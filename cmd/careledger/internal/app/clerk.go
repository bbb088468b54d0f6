package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
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
	err := c.append(ctx, plan.Stream(c.prefecture, planID), ledger.PlanAdopted{Plan: planID, Content: content, SHA256: planHash},
		func(newest event.Event) bool { e, ok := newest.(ledger.PlanAdopted); return ok && e.SHA256 == planHash })
	if err != nil {
		return err
	}
	return c.append(ctx, "areas-"+c.prefecture, ledger.AreasAdopted{Prefecture: c.prefecture, Content: areas, SHA256: areasHash},
		func(newest event.Event) bool {
			e, ok := newest.(ledger.AreasAdopted)
			return ok && e.SHA256 == areasHash
		})
}

// closeDays appends DayClosed for yesterday, and again after each midnight of the plan's zone, until ctx ends.
func (c clerk) closeDays(ctx context.Context) error {
	for {
		yesterday := calendar.DayOf(c.now()) - 1
		err := c.append(ctx, "calendar-"+c.prefecture, ledger.DayClosed{Day: yesterday},
			func(newest event.Event) bool { e, ok := newest.(ledger.DayClosed); return ok && e.Day >= yesterday })
		if err != nil {
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

// append adds e to a stream unless the newest event of its type already says so. Of several processes, one writes it.
func (c clerk) append(ctx context.Context, stream string, e event.Event, said func(newest event.Event) bool) error {
	events, err := c.log.Load(ctx, stream, 0)
	if err != nil {
		return err
	}
	expected := command.NoStream
	if n := len(events); n > 0 {
		for _, r := range slices.Backward(events) {
			if r.Type != e.EventType() {
				continue // of a plan's targets
			}
			if said(r.Event) {
				return nil
			}
			break
		}
		expected = int64(events[n-1].Revision)
	}
	id := uuid.New()
	err = c.log.Append(ctx, stream, expected, []event.Pending{{
		ID: command.EventID(id, stream, 0), Event: e,
		Metadata: event.Metadata{
			Ledger: c.log.Ledger(), CommandID: id, CorrelationID: id, CausationID: id, Actor: "system", Area: c.area,
			ReceivedAt: c.now().UTC().Truncate(time.Microsecond), Schema: event.SchemaVersion,
		},
	}})
	if errors.Is(err, command.ErrWrongRevision) {
		return nil // another process wrote it just now
	}
	return err
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
