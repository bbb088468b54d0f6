package enrolment

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/reservation"
)

// Process runs the commands of an enrolment.
type Process struct {
	handler *command.Handler
	now     func() time.Time
}

// New serves commands through h.
func New(h *command.Handler, now func() time.Time) *Process { return &Process{handler: h, now: now} }

// Request asks for a place for Child from On. Report: it has already happened.
type Request struct {
	command.Context
	Child           uuid.UUID
	ChildStream     string
	Childcare       uuid.UUID
	ChildcareStream string
	Enrolment       uuid.UUID
	Class           child.Class
	On              calendar.Day
	Field           string // pointer of On, for a refusal
	Report          bool
}

// Enrol reserves a place and commits the enrolment.
func (p *Process) Enrol(ctx context.Context, r Request) command.Outcome {
	var area string
	return reservation.Run(ctx, reservation.Steps{
		Remembered: func(ctx context.Context) (command.Outcome, bool, error) {
			return command.Remembered(ctx, p.handler, child.Decider(), r.ChildStream, r.Context, r.Enrolment)
		},
		Reserve: func(ctx context.Context) ([]string, bool, error) {
			doubts, fresh, err := p.reserve(ctx, r)
			if err != nil {
				return nil, false, err
			}
			err = command.View(ctx, p.handler, childcare.Decider(), r.ChildcareStream, func(s childcare.State, _ int64) { area = s.Area })
			return doubts, fresh, err
		},
		Commit: func(ctx context.Context, doubts []string) command.Outcome {
			return p.execute(ctx, r.ChildStream, r.Context, r.Enrolment, r.On, child.Enrol{
				Enrolment: r.Enrolment, Childcare: r.Childcare, ChildcareArea: area, Class: r.Class, EnrolledOn: r.On,
				Report: r.Report, Doubts: doubts,
			})
		},
		Release: func(ctx context.Context) error {
			return p.release(ctx, r.ChildcareStream, r.Context, r.Enrolment, childcare.NotCommitted)
		},
	})
}

// WithdrawRequest asks to end an enrolment.
type WithdrawRequest struct {
	command.Context
	ChildStream string
	Enrolment   uuid.UUID
	On          calendar.Day
	Reason      child.WithdrawalReason
}

// Withdraw ends the enrolment at the child first and then releases the place.
func (p *Process) Withdraw(ctx context.Context, r WithdrawRequest) command.Outcome {
	var stream string
	err := command.View(ctx, p.handler, child.Decider(), r.ChildStream, func(s child.State, _ int64) {
		if at := s.Enrolments[r.Enrolment]; len(at.ChildcareArea) >= 4 {
			stream = command.StreamName("childcare", at.ChildcareArea[:4], at.Childcare)
		}
	})
	if err != nil {
		return command.Outcome{Err: err}
	}
	outcome := p.execute(ctx, r.ChildStream, r.Context, r.Enrolment, r.On, child.Withdraw{
		Enrolment: r.Enrolment, WithdrawnOn: r.On, Reason: r.Reason,
	})
	if outcome.Err == nil && !outcome.Duplicate && stream != "" {
		_ = p.release(ctx, stream, r.Context, r.Enrolment, childcare.Ended) // else the tracker does
	}
	return outcome
}

func (p *Process) execute(ctx context.Context, stream string, c command.Context, enrolment uuid.UUID, on calendar.Day, do child.Command) command.Outcome {
	return command.Execute(ctx, p.handler, child.Decider(), stream, []command.Item[child.Command]{{
		Context: c, Entity: enrolment, OccurredOn: on, Command: do,
	}})[0]
}

func (p *Process) reserve(ctx context.Context, r Request) (doubts []string, fresh bool, err error) {
	outcome := command.Execute(ctx, p.handler, childcare.Decider(), r.ChildcareStream, []command.Item[childcare.Command]{{
		Context: r.Caused(), Entity: r.Childcare, OccurredOn: r.On,
		Command: childcare.ReservePlace{Enrolment: r.Enrolment, Child: r.Child, FromOn: r.On, Report: r.Report},
	}})[0]
	if errors.Is(outcome.Err, childcare.ErrPlaceAlreadyReserved) {
		return nil, false, nil
	}
	if f, refused := fault.Of(outcome.Err); refused && f.Pointer == childcare.FromOn && r.Field != "" {
		outcome.Err = f.At(r.Field)
	}
	return outcome.Doubts, outcome.Err == nil, outcome.Err
}

func (p *Process) release(ctx context.Context, stream string, c command.Context, enrolment uuid.UUID, why childcare.ReleaseReason) error {
	outcome := command.Execute(ctx, p.handler, childcare.Decider(), stream, []command.Item[childcare.Command]{{
		Context: c.Caused(), Entity: enrolment, OccurredOn: calendar.DayOf(p.now()),
		Command: childcare.ReleasePlace{Enrolment: enrolment, Reason: why},
	}})[0]
	if errors.Is(outcome.Err, childcare.ErrPlaceNotReserved) {
		return nil
	}
	return outcome.Err
}
