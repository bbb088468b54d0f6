package admission

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/reservation"
)

// Types implements reservation.Kind.
func (p *Process) Types() []string {
	return []string{
		institution.BedReserved{}.EventType(), institution.BedReleased{}.EventType(),
		elder.Admitted{}.EventType(), elder.Transferred{}.EventType(), elder.Discharged{}.EventType(),
	}
}

// Changes implements reservation.Kind.
func (p *Process) Changes(r event.Recorded) []reservation.Change {
	here := r.Metadata.Prefecture()
	switch e := r.Event.(type) {
	case institution.BedReserved:
		return reservation.One(reservation.Reserved, e.Institution, e.Stay, e.Elder, here, here)
	case institution.BedReleased:
		return reservation.One(reservation.Released, e.Institution, e.Stay, uuid.Nil, here, here)
	case elder.Admitted:
		return reservation.One(reservation.Committed, e.Institution, e.Stay, e.Elder, here, e.InstitutionArea)
	case elder.Transferred:
		return append(
			reservation.One(reservation.Committed, e.Institution, e.Stay, e.Elder, here, e.InstitutionArea),
			reservation.One(reservation.Ended, e.From, e.Stay, e.Elder, here, e.FromArea)...)
	case elder.Discharged:
		return reservation.One(reservation.Ended, e.Institution, e.Stay, e.Elder, here, e.InstitutionArea)
	}
	return nil
}

// Abandon implements reservation.Kind: from here on a late admission of this stay is refused.
func (p *Process) Abandon(ctx context.Context, o reservation.Open) (committed bool, err error) {
	stream := command.StreamName("elder", o.OwnerPrefecture, o.Owner)
	outcome := command.Execute(ctx, p.handler, elder.Decider(), stream, []command.Item[elder.Command]{{
		Context: command.ProcessContext("admission", p.now()), Entity: o.Claim, OccurredOn: calendar.DayOf(p.now()),
		Command: elder.AbandonAdmission{Stay: o.Claim, Institution: o.Holder},
	}})[0]
	switch {
	case errors.Is(outcome.Err, elder.ErrAdmissionCommitted):
		return true, nil
	case errors.Is(outcome.Err, elder.ErrAlreadyAbandoned), errors.Is(outcome.Err, elder.ErrNotRegistered):
		return false, nil
	}
	return false, outcome.Err
}

// Release implements reservation.Kind.
func (p *Process) Release(ctx context.Context, o reservation.Open) error {
	why := institution.NotCommitted
	if o.Step == reservation.Ended {
		why = institution.Ended
	}
	return p.release(ctx, command.StreamName("institution", o.HolderPrefecture, o.Holder), command.ProcessContext("admission", p.now()), o.Claim, why)
}
