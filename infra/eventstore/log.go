package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/ledger"
)

const ledgerStream = "ledger"

// Options: URL is esdb://… or esdb+discover://…; Now is the server's clock, from which recorded_at is taken.
type Options struct {
	URL    string
	Codec  *event.Codec
	Logger *slog.Logger
	Now    func() time.Time
}

// Log is one ledger in an event store.
type Log struct {
	connection *connection
	codec      *event.Codec
	logger     *slog.Logger
	now        func() time.Time
	ledger     uuid.UUID
	epoch      int
}

// Open connects and reads which ledger the store holds; an empty store gets a new ledger. Of several that open an
// empty store at once, one makes the ledger and the others read it.
func Open(ctx context.Context, o Options) (*Log, error) {
	c, err := dial(o.URL, o.Logger)
	if err != nil {
		return nil, err
	}
	l := &Log{connection: c, codec: o.Codec, logger: o.Logger, now: o.Now}
	if err := l.open(ctx); err != nil {
		return nil, errors.Join(err, c.close())
	}
	return l, nil
}

func (l *Log) open(ctx context.Context) error {
	for {
		events, err := l.Load(ctx, ledgerStream, 0)
		if err != nil {
			return fmt.Errorf("open the ledger: %w", err)
		}
		if len(events) > 0 {
			opened, ok := events[0].Event.(ledger.Opened)
			if !ok {
				return fmt.Errorf("the event store holds a stream %q that is not a ledger: use a store of careledger's own", ledgerStream)
			}
			l.ledger, l.epoch = opened.Ledger, epochOf(events)
			return nil
		}
		if err := l.create(ctx); err != nil && !errors.Is(err, command.ErrWrongRevision) {
			return fmt.Errorf("open the ledger: %w", err)
		}
	}
}

func (l *Log) create(ctx context.Context) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("make a ledger id: %w", err)
	}
	return l.Append(ctx, ledgerStream, command.NoStream, []event.Pending{{
		ID:    command.EventID(id, ledgerStream, 0),
		Event: ledger.Opened{Ledger: id, Epoch: 1},
		Metadata: event.Metadata{
			Ledger: id, CommandID: id, CorrelationID: id, CausationID: id, Actor: "system",
			ReceivedAt: l.now().UTC().Truncate(time.Microsecond), Schema: event.SchemaVersion,
		},
	}})
}

// Ledger is the ledger's id.
func (l *Log) Ledger() uuid.UUID { return l.ledger }

// Epoch is 1 for a new ledger; a restored older log starts a higher one.
func (l *Log) Epoch() int { return l.epoch }

// Close ends the connection.
func (l *Log) Close() error { return l.connection.close() }

// Healthy asks the store for the ledger's first event.
func (l *Log) Healthy(ctx context.Context) error {
	_, err := l.Load(ctx, ledgerStream, 0)
	return err
}

// Damaged reports whether something that was read of the log since it was opened was damaged. Only what is read is known:
// careledger verify reads all.
func (l *Log) Damaged() bool { return l.connection.damaged.Load() }
