package command_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
)

// memory is a ledger of a test. before, when set, runs once in front of an append: another process, or an outage.
type memory struct {
	mu      sync.Mutex
	streams map[string][]event.Recorded
	before  func() error
	lost    error // answered after an append that was taken
}

func newMemory() *memory { return &memory{streams: map[string][]event.Recorded{}} }

func (m *memory) Load(_ context.Context, stream string, from uint64) ([]event.Recorded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from >= uint64(len(m.streams[stream])) {
		return nil, nil
	}
	return append([]event.Recorded{}, m.streams[stream][from:]...), nil
}

func (m *memory) Append(_ context.Context, stream string, expected int64, events []event.Pending) error {
	if before := m.before; before != nil {
		m.before = nil
		if err := before(); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if expected != int64(len(m.streams[stream]))-1 {
		return command.ErrWrongRevision
	}
	for _, p := range events {
		m.streams[stream] = append(m.streams[stream], event.Recorded{
			ID: p.ID, Stream: stream, Revision: uint64(len(m.streams[stream])), Type: p.Event.EventType(), Metadata: p.Metadata, Event: p.Event,
		})
	}
	lost := m.lost
	m.lost = nil
	return lost
}

const stream = "institution-5326-0190a0a0-0000-7000-8000-000000000001"

var house = uuid.MustParse("0190a0a0-0000-7000-8000-000000000001")

func run(t *testing.T, h *command.Handler, c command.Context, do institution.Command) command.Outcome {
	t.Helper()
	return command.Execute(t.Context(), h, institution.Decider(), stream, []command.Item[institution.Command]{{Context: c, Entity: house, Command: do}})[0]
}

func sent(key, hash string) command.Context {
	return command.Context{ID: command.IDFor(uuid.Nil, key), BodyHash: hash, Actor: "a", ReceivedAt: time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)}
}

func opened(t *testing.T, ledger *memory, operating int) *command.Handler {
	t.Helper()
	h := command.NewHandler(ledger, uuid.New())
	require.NoError(t, run(t, h, sent("register", ""), institution.Register{
		Institution: house, Area: "532601001", Name: "示例", Kind: institution.RuralHome, Ownership: institution.Public, RegisteredOn: calendar.Date(2020, 1, 1),
	}).Err)
	require.NoError(t, run(t, h, sent("open", ""), institution.OpenBeds{Beds: 10, OpenedOn: calendar.Date(2020, 1, 2)}).Err)
	require.NoError(t, run(t, h, sent("operate", ""), institution.OperateBeds{Beds: operating, OperatedOn: calendar.Date(2020, 1, 2)}).Err)
	return h
}

func more(beds int) institution.Command {
	return institution.OpenBeds{Beds: beds, OpenedOn: calendar.Date(2020, 1, 3)}
}

func reserve(stay uuid.UUID) institution.Command {
	return institution.ReserveBed{Stay: stay, Elder: uuid.New(), FromOn: calendar.Date(2022, 1, 1)}
}

func TestTheSameCommandIsOneFact(t *testing.T) {
	ledger := newMemory()
	h := opened(t, ledger, 1)
	first := run(t, h, sent("key", "h"), more(5))
	require.NoError(t, first.Err)
	require.False(t, first.Duplicate)
	for _, process := range []*command.Handler{h, command.NewHandler(ledger, uuid.New())} { // this one, and one that was just started
		again := run(t, process, sent("key", "h"), more(5))
		require.NoError(t, again.Err)
		require.True(t, again.Duplicate)
		require.Equal(t, first.Revision, again.Revision)
		require.ErrorIs(t, run(t, process, sent("key", "other"), more(6)).Err, command.ErrKeyReused)
	}
	require.Len(t, ledger.streams[stream], 4)
}

func TestACommandWhoseAnswerWasLostIsNotTakenTwice(t *testing.T) {
	ledger := newMemory()
	h := opened(t, ledger, 1)
	ledger.lost = errors.New("the connection broke")
	require.Error(t, run(t, h, sent("key", "h"), more(5)).Err)
	again := run(t, h, sent("key", "h"), more(5))
	require.NoError(t, again.Err)
	require.True(t, again.Duplicate)
	require.Len(t, ledger.streams[stream], 4)
}

func TestAStaleReaderIsTold(t *testing.T) {
	h := opened(t, newMemory(), 1)
	c, seen := sent("key", "h"), uint64(1)
	c.IfMatch = &seen
	require.ErrorIs(t, run(t, h, c, more(5)).Err, command.ErrStale)
	seen = 2
	require.NoError(t, run(t, h, c, more(5)).Err)
}

func TestARefusalAsksTheLogFirst(t *testing.T) {
	ledger := newMemory()
	h := opened(t, ledger, 1)
	stay := uuid.New()
	require.NoError(t, run(t, h, sent("1", ""), reserve(stay)).Err)
	require.ErrorIs(t, run(t, h, sent("2", ""), reserve(uuid.New())).Err, institution.ErrNoVacantBed)
	other := command.NewHandler(ledger, uuid.New()) // another process frees the bed
	require.NoError(t, run(t, other, sent("3", ""), institution.ReleaseBed{Stay: stay, Reason: institution.Ended}).Err)
	require.NoError(t, run(t, h, sent("4", ""), reserve(uuid.New())).Err, "what this process remembered was old")
}

func TestTwoProcessesNeverGiveTheSameBed(t *testing.T) {
	ledger := newMemory()
	h := opened(t, ledger, 1)
	other := command.NewHandler(ledger, uuid.New())
	ledger.before = func() error { // between deciding and appending, the other is quicker
		require.NoError(t, run(t, other, sent("theirs", ""), reserve(uuid.New())).Err)
		return nil
	}
	require.ErrorIs(t, run(t, h, sent("ours", ""), reserve(uuid.New())).Err, institution.ErrNoVacantBed)
}

func TestARefusedCommandHoldsNobodyUp(t *testing.T) {
	ledger := newMemory()
	h := opened(t, ledger, 1)
	item := func(key string, c institution.Command) command.Item[institution.Command] {
		return command.Item[institution.Command]{Context: sent(key, ""), Entity: house, Command: c}
	}
	outcomes := command.Execute(t.Context(), h, institution.Decider(), stream, []command.Item[institution.Command]{
		item("1", more(1)), item("2", more(0)), item("3", more(2)), item("1", more(1)),
	})
	require.NoError(t, outcomes[0].Err)
	require.ErrorIs(t, outcomes[1].Err, institution.ErrBedCount)
	require.NoError(t, outcomes[2].Err)
	require.True(t, outcomes[3].Duplicate, "the same key in one batch")
	require.Equal(t, []uint64{3, 4, 3}, []uint64{outcomes[0].Revision, outcomes[2].Revision, outcomes[3].Revision})
	last := ledger.streams[stream][4]
	require.Equal(t, "532601001", last.Metadata.Area)
	require.Equal(t, command.EventID(command.IDFor(uuid.Nil, "3"), stream, 0), last.ID)
}
