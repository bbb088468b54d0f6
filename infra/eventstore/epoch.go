package eventstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
)

// epochOf is the epoch that the stream of the ledger has come to.
func epochOf(events []event.Recorded) (epoch int) {
	for _, r := range events {
		switch e := r.Event.(type) {
		case ledger.Opened:
			epoch = e.Epoch
		case ledger.Restored:
			epoch = e.Epoch
		}
	}
	return epoch
}

// nextEpoch is the minute of now since 1970, so that two restores of one backup are two epochs.
func nextEpoch(last int, now time.Time) int { return max(last+1, int(now.Unix()/60)) }

// Restored notes that the store's log was put back as a backup of madeAt held it: it begins a new epoch and answers it. A
// store without a ledger is left as it is; the answer is 0.
func Restored(ctx context.Context, o Options, madeAt time.Time) (epoch int, err error) {
	c, err := dial(o.URL, o.Logger)
	if err != nil {
		return 0, err
	}
	l := &Log{connection: c, codec: o.Codec, logger: o.Logger, now: o.Now}
	epoch, err = l.begin(ctx, madeAt)
	return epoch, errors.Join(err, c.close())
}

func (l *Log) begin(ctx context.Context, madeAt time.Time) (epoch int, err error) {
	events, err := l.Load(ctx, ledgerStream, 0)
	if err != nil {
		return 0, fmt.Errorf("begin a new epoch: %w", err)
	}
	if len(events) == 0 {
		return 0, nil
	}
	opened, ok := events[0].Event.(ledger.Opened)
	if !ok || opened.Ledger == uuid.Nil {
		return 0, nil
	}
	epoch = nextEpoch(epochOf(events), l.now())
	id := uuid.New()
	err = l.Append(ctx, ledgerStream, int64(len(events)-1), []event.Pending{{
		ID: command.EventID(id, ledgerStream, 0), Event: ledger.Restored{Epoch: epoch, BackupMadeAt: madeAt.UTC()},
		Metadata: event.Metadata{
			Ledger: opened.Ledger, CommandID: id, CorrelationID: id, CausationID: id, Actor: "system",
			ReceivedAt: l.now().UTC().Truncate(time.Microsecond), Schema: event.SchemaVersion,
		},
	}})
	if err != nil {
		return 0, fmt.Errorf("begin a new epoch: %w", err)
	}
	return epoch, nil
}

// Replaced reports whether the store has another ledger or epoch now than when it was opened: its log was put back, or is
// another one, and what this process remembers of it is void.
func (l *Log) Replaced(ctx context.Context) (bool, error) {
	events, err := l.Load(ctx, ledgerStream, 0)
	if err != nil {
		return false, err
	}
	if len(events) == 0 {
		return true, nil
	}
	opened, ok := events[0].Event.(ledger.Opened)
	return !ok || opened.Ledger != l.ledger || epochOf(events) != l.epoch, nil
}
