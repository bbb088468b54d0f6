package enrolment

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/reservation"
)

// Types implements reservation.Kind.
func (p *Process) Types() []string {
	return []string{
		childcare.PlaceReserved{}.EventType(), childcare.PlaceReleased{}.EventType(),
		child.Enrolled{}.EventType(), child.Withdrawn{}.EventType(),
	}
}

// Changes implements reservation.Kind.
func (p *Process) Changes(r event.Recorded) []reservation.Change {
	here := r.Metadata.Prefecture()
	switch e := r.Event.(type) {
	case childcare.PlaceReserved:
		return reservation.One(reservation.Reserved, e.Childcare, e.Enrolment, e.Child, here, here)
	case childcare.PlaceReleased:
		return reservation.One(reservation.Released, e.Childcare, e.Enrolment, uuid.Nil, here, here)
	case child.Enrolled:
		return reservation.One(reservation.Committed, e.Childcare, e.Enrolment, e.Child, here, e.ChildcareArea)
	case child.Withdrawn:
		return reservation.One(reservation.Ended, e.Childcare, e.Enrolment, e.Child, here, e.ChildcareArea)
	}
	return nil
}

// Abandon implements reservation.Kind: from here on a late enrolment of this id is refused.
func (p *Process) Abandon(ctx context.Context, o reservation.Open) (committed bool, err error) {
	outcome := p.execute(ctx, command.StreamName("child", o.OwnerPrefecture, o.Owner), command.ProcessContext("enrolment", p.now()),
		o.Claim, calendar.DayOf(p.now()), child.AbandonEnrolment{Enrolment: o.Claim, Childcare: o.Holder})
	switch {
	case errors.Is(outcome.Err, child.ErrEnrolmentCommitted):
		return true, nil
	case errors.Is(outcome.Err, child.ErrAlreadyAbandoned), errors.Is(outcome.Err, child.ErrNotRegistered):
		return false, nil
	}
	return false, outcome.Err
}

// Release implements reservation.Kind.
func (p *Process) Release(ctx context.Context, o reservation.Open) error {
	why := childcare.NotCommitted
	if o.Step == reservation.Ended {
		why = childcare.Ended
	}
	stream := command.StreamName("childcare", o.HolderPrefecture, o.Holder)
	return p.release(ctx, stream, command.ProcessContext("enrolment", p.now()), o.Claim, why)
}
