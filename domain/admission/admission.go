package admission

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/reservation"
)

// Process runs the commands of a stay.
type Process struct {
	handler *command.Handler
	now     func() time.Time
}

// New serves commands through h.
func New(h *command.Handler, now func() time.Time) *Process { return &Process{handler: h, now: now} }

// Request asks for an admission, or for a transfer of Stay, into Institution from On. Report: it has already happened.
type Request struct {
	command.Context
	Elder             uuid.UUID
	ElderStream       string
	Institution       uuid.UUID
	InstitutionStream string
	Stay              uuid.UUID
	On                calendar.Day
	Field             string // pointer of On, for a refusal
	Report            bool
}

// Admit reserves a bed and commits the stay.
func (p *Process) Admit(ctx context.Context, r Request) command.Outcome {
	return p.commit(ctx, r, func(area string, doubts []string) elder.Command {
		return elder.Admit{
			Stay: r.Stay, Institution: r.Institution, InstitutionArea: area, AdmittedOn: r.On, Report: r.Report, Doubts: doubts,
		}
	})
}

// Transfer reserves a bed in the new institution, commits the move and releases the old bed.
func (p *Process) Transfer(ctx context.Context, r Request) command.Outcome {
	var old place
	err := command.View(ctx, p.handler, elder.Decider(), r.ElderStream, func(s elder.State, _ int64) { old = placeOf(s, r.Stay) })
	if err != nil {
		return command.Outcome{Err: err}
	}
	outcome := p.commit(ctx, r, func(area string, doubts []string) elder.Command {
		return elder.Transfer{
			Stay: r.Stay, Institution: r.Institution, InstitutionArea: area, TransferredOn: r.On, Report: r.Report, Doubts: doubts,
		}
	})
	if outcome.Err == nil && !outcome.Duplicate {
		// A release that fails here is made good by the tracker.
		_ = p.release(ctx, old.stream(), r.Context, r.Stay, institution.MovedOn)
	}
	return outcome
}

// DischargeRequest asks to end a stay.
type DischargeRequest struct {
	command.Context
	ElderStream string
	Stay        uuid.UUID
	On          calendar.Day
	Reason      elder.DischargeReason
}

// Discharge ends the stay at the elder first and then releases the bed.
func (p *Process) Discharge(ctx context.Context, r DischargeRequest) command.Outcome {
	var old place
	err := command.View(ctx, p.handler, elder.Decider(), r.ElderStream, func(s elder.State, _ int64) { old = placeOf(s, r.Stay) })
	if err != nil {
		return command.Outcome{Err: err}
	}
	outcome := command.Execute(ctx, p.handler, elder.Decider(), r.ElderStream, []command.Item[elder.Command]{{
		Context: r.Context, Entity: r.Stay, OccurredOn: r.On,
		Command: elder.Discharge{Stay: r.Stay, DischargedOn: r.On, Reason: r.Reason},
	}})[0]
	if outcome.Err == nil && !outcome.Duplicate {
		_ = p.release(ctx, old.stream(), r.Context, r.Stay, institution.Ended) // else the tracker does
	}
	return outcome
}

func (p *Process) commit(ctx context.Context, r Request, commit func(area string, doubts []string) elder.Command) command.Outcome {
	var area string
	return reservation.Run(ctx, reservation.Steps{
		Remembered: func(ctx context.Context) (command.Outcome, bool, error) {
			return command.Remembered(ctx, p.handler, elder.Decider(), r.ElderStream, r.Context, r.Stay)
		},
		Reserve: func(ctx context.Context) ([]string, bool, error) {
			doubts, fresh, err := p.reserve(ctx, r)
			if err != nil {
				return nil, false, err
			}
			err = command.View(ctx, p.handler, institution.Decider(), r.InstitutionStream, func(s institution.State, _ int64) { area = s.Area })
			return doubts, fresh, err
		},
		Commit: func(ctx context.Context, doubts []string) command.Outcome {
			return command.Execute(ctx, p.handler, elder.Decider(), r.ElderStream, []command.Item[elder.Command]{{
				Context: r.Context, Entity: r.Stay, OccurredOn: r.On, Command: commit(area, doubts),
			}})[0]
		},
		Release: func(ctx context.Context) error {
			return p.release(ctx, r.InstitutionStream, r.Context, r.Stay, institution.NotCommitted)
		},
	})
}

// reserve holds a bed for the stay, whoever held it before in an attempt of the same stay.
func (p *Process) reserve(ctx context.Context, r Request) (doubts []string, fresh bool, err error) {
	outcome := command.Execute(ctx, p.handler, institution.Decider(), r.InstitutionStream, []command.Item[institution.Command]{{
		Context: r.Caused(), Entity: r.Institution, OccurredOn: r.On,
		Command: institution.ReserveBed{Stay: r.Stay, Elder: r.Elder, FromOn: r.On, Report: r.Report},
	}})[0]
	if errors.Is(outcome.Err, institution.ErrBedAlreadyReserved) {
		return nil, false, nil
	}
	if f, refused := fault.Of(outcome.Err); refused && f.Pointer == institution.FromOn && r.Field != "" {
		outcome.Err = f.At(r.Field)
	}
	return outcome.Doubts, outcome.Err == nil, outcome.Err
}

func (p *Process) release(ctx context.Context, stream string, c command.Context, stay uuid.UUID, why institution.ReleaseReason) error {
	if stream == "" {
		return nil
	}
	outcome := command.Execute(ctx, p.handler, institution.Decider(), stream, []command.Item[institution.Command]{{
		Context: c.Caused(), Entity: stay, OccurredOn: calendar.DayOf(p.now()),
		Command: institution.ReleaseBed{Stay: stay, Reason: why},
	}})[0]
	if errors.Is(outcome.Err, institution.ErrBedNotReserved) {
		return nil
	}
	return outcome.Err
}

// place is where a stay is.
type place struct {
	institution uuid.UUID
	area        string
}

func placeOf(s elder.State, stay uuid.UUID) place {
	at := s.Stays[stay]
	return place{institution: at.Institution, area: at.InstitutionArea}
}

func (p place) stream() string {
	if len(p.area) < 4 {
		return ""
	}
	return command.StreamName("institution", p.area[:4], p.institution)
}
