package reservation

import (
	"context"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/fault"
)

// Steps of one reservation. Reserve answers the doubts that a report raised, and whether it was this call that reserved:
// what an earlier one holds, perhaps rightly, is not this one's to release. Commit decides. Release undoes Reserve.
type Steps struct {
	Remembered func(ctx context.Context) (command.Outcome, bool, error)
	Reserve    func(ctx context.Context) (doubts []string, fresh bool, err error)
	Commit     func(ctx context.Context, doubts []string) command.Outcome
	Release    func(ctx context.Context) error
}

// Run takes the steps in order. Where nobody can tell whether the commit happened, nothing is released: the tracker
// does it when time is up.
func Run(ctx context.Context, s Steps) command.Outcome {
	outcome, known, err := s.Remembered(ctx)
	if err != nil {
		return command.Outcome{Err: err}
	}
	if known {
		return outcome
	}
	doubts, fresh, err := s.Reserve(ctx)
	if err != nil {
		return command.Outcome{Err: err}
	}
	outcome = s.Commit(ctx, doubts)
	if fresh && Refusal(outcome.Err) {
		// A release that fails is left to the tracker: the refusal stands all the same.
		_ = s.Release(ctx)
	}
	return outcome
}

// Refusal reports whether err says for certain that nothing was committed.
func Refusal(err error) bool {
	f, ok := fault.Of(err)
	return ok && f.Kind != fault.Unavailable
}
