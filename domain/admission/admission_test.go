package admission_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/reservation"
)

// memory is a ledger of a test: streams of events in a map.
type memory struct {
	mu      sync.Mutex
	streams map[string][]event.Recorded
}

func (m *memory) Load(_ context.Context, stream string, from uint64) ([]event.Recorded, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from >= uint64(len(m.streams[stream])) {
		return nil, nil
	}
	return append([]event.Recorded{}, m.streams[stream][from:]...), nil
}

func (m *memory) Append(_ context.Context, stream string, expected int64, events []event.Pending) error {
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
	return nil
}

type world struct {
	t       *testing.T
	ledger  *memory
	handler *command.Handler
	process *admission.Process
	now     time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, ledger: &memory{streams: map[string][]event.Recorded{}}, now: time.Date(2022, 11, 1, 8, 0, 0, 0, time.UTC)}
	w.handler = command.NewHandler(w.ledger, uuid.New())
	w.process = admission.New(w.handler, func() time.Time { return w.now })
	return w
}

func (w *world) context() command.Context { return command.ProcessContext("test", w.now) }

func (w *world) house(beds int) uuid.UUID {
	id := uuid.New()
	for _, c := range []institution.Command{
		institution.Register{Institution: id, Area: "532601001", Name: "示例", Kind: institution.RuralHome, Ownership: institution.Public, RegisteredOn: calendar.Date(2020, 1, 1)},
		institution.OpenBeds{Beds: beds, OpenedOn: calendar.Date(2020, 1, 2)}, institution.OperateBeds{Beds: beds, OperatedOn: calendar.Date(2020, 1, 3)},
	} {
		require.NoError(w.t, command.Execute(w.t.Context(), w.handler, institution.Decider(), stream("institution", id), []command.Item[institution.Command]{{Context: w.context(), Command: c}})[0].Err)
	}
	return id
}

func (w *world) elder() uuid.UUID {
	id := uuid.New()
	require.NoError(w.t, command.Execute(w.t.Context(), w.handler, elder.Decider(), stream("elder", id), []command.Item[elder.Command]{{Context: w.context(), Command: elder.Register{
		Elder: id, Area: "532601001", RegisteredOn: calendar.Date(2021, 1, 1), Sex: elder.Male, Born: calendar.Date(1940, 1, 1),
	}}})[0].Err)
	return id
}

func stream(category string, id uuid.UUID) string { return command.StreamName(category, "5326", id) }

func (w *world) request(who, house, stay uuid.UUID) admission.Request {
	return admission.Request{
		Context: w.context(), Elder: who, ElderStream: stream("elder", who), Institution: house, InstitutionStream: stream("institution", house),
		Stay: stay, On: calendar.Date(2022, 3, 1),
	}
}

func TestARefusedCommandReleasesOnlyWhatItReservedItself(t *testing.T) {
	w := newWorld(t)
	house, first, second, stay := w.house(1), w.elder(), w.elder(), uuid.New()
	require.NoError(t, w.process.Admit(t.Context(), w.request(first, house, stay)).Err)
	require.ErrorIs(t, w.process.Transfer(t.Context(), w.request(first, house, stay)).Err, elder.ErrSameInstitution)
	require.Error(t, w.process.Admit(t.Context(), w.request(first, house, stay)).Err, "the same stay under another key")
	require.ErrorIs(t, w.process.Admit(t.Context(), w.request(second, house, uuid.New())).Err, institution.ErrNoVacantBed, "the bed is still the first's")
}

func TestAnElderWithAStayLeavesTheSecondHouseItsBed(t *testing.T) {
	w := newWorld(t)
	one, other, first, second := w.house(1), w.house(1), w.elder(), w.elder()
	require.NoError(t, w.process.Admit(t.Context(), w.request(first, one, uuid.New())).Err)
	require.ErrorIs(t, w.process.Admit(t.Context(), w.request(first, other, uuid.New())).Err, elder.ErrAlreadyAdmitted)
	require.NoError(t, w.process.Admit(t.Context(), w.request(second, other, uuid.New())).Err, "its bed was released")
}

func TestAReservationThatHangsIsGivenUpBeforeItsBedIsFree(t *testing.T) {
	w := newWorld(t)
	house, who, stay := w.house(1), w.elder(), uuid.New()
	require.NoError(t, command.Execute(t.Context(), w.handler, institution.Decider(), stream("institution", house), []command.Item[institution.Command]{{
		Context: w.context(), Command: institution.ReserveBed{Stay: stay, Elder: who, FromOn: calendar.Date(2022, 3, 1)},
	}})[0].Err) // and then the process died
	reserved := w.ledger.streams[stream("institution", house)]
	changes := w.process.Changes(reserved[len(reserved)-1])
	require.Len(t, changes, 1)
	open := reservation.Open{Change: changes[0], Since: w.now}
	committed, err := w.process.Abandon(t.Context(), open)
	require.NoError(t, err)
	require.False(t, committed)
	require.NoError(t, w.process.Release(t.Context(), open))
	require.NoError(t, w.process.Release(t.Context(), open), "twice is once")
	require.ErrorIs(t, w.process.Admit(t.Context(), w.request(who, house, stay)).Err, elder.ErrAdmissionAbandoned, "a late commit is refused")
	require.NoError(t, w.process.Admit(t.Context(), w.request(w.elder(), house, uuid.New())).Err, "the bed is free")
}

func TestATransferFreesTheOldBedAndADischargeTheNew(t *testing.T) {
	w := newWorld(t)
	one, other, who, stay := w.house(1), w.house(1), w.elder(), uuid.New()
	require.NoError(t, w.process.Admit(t.Context(), w.request(who, one, stay)).Err)
	require.NoError(t, w.process.Transfer(t.Context(), w.request(who, other, stay)).Err)
	require.NoError(t, w.process.Admit(t.Context(), w.request(w.elder(), one, uuid.New())).Err)
	require.NoError(t, w.process.Discharge(t.Context(), admission.DischargeRequest{
		Context: w.context(), ElderStream: stream("elder", who), Stay: stay, On: calendar.Date(2022, 5, 1), Reason: elder.ToHome,
	}).Err)
	require.NoError(t, w.process.Admit(t.Context(), w.request(w.elder(), other, uuid.New())).Err)
}
