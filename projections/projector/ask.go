package projector

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/projections/facts"
)

// ErrSilent is answered where no projector takes a replay up: none runs for the prefecture, or the bus is away.
var ErrSilent = fault.New(fault.Unavailable, "no-projector",
	"没有统计进程响应重放请求：请确认该州市有一个带 projector 角色的进程在运行、总线可用，然后重试。",
	"No projector has taken the replay up: see that a process with the role projector runs for the prefecture and that the bus can be reached, then try again.")

// ErrNotParked is answered for a number whose event is not parked.
var ErrNotParked = fault.New(fault.NotFound, "not-parked",
	"所列编号中有未被搁置的事件，请先列出搁置的事件再重放。", "Not all of these numbers are of parked events; list those that are, and ask again.")

// Replayed is what became of a replay: of the events that were asked for, Counted are counted now, Parked were tried and
// stay parked, and Waiting were still to be tried when the answer was given.
type Replayed struct {
	Asked   uint64 `json:"asked"`
	Counted uint64 `json:"counted"`
	Parked  uint64 `json:"parked"`
	Waiting uint64 `json:"waiting"`
}

// Asker asks the projector of a prefecture, which may run in another process, for replays, and sees in the warehouse what
// comes of it.
type Asker struct {
	Prefecture string
	// Answers says how far the replay is whose request the query's NotOf names.
	Answers func(ctx context.Context, prefecture string, q facts.ParkedQuery) (facts.ParkedAnswers, error)
	// Announce tells all projectors; what it says may be lost.
	Announce func(ctx context.Context, r Replay) error
	// Look is the time between two looks at the warehouse, Repeat between two announcements. Patience is how long nothing
	// may happen, Limit how long all of it may take.
	Look, Repeat, Patience, Limit time.Duration
}

// Ask has parked events tried again (no numbers: all of them) and waits until all are.
func (a Asker) Ask(ctx context.Context, numbers []uint64) (Replayed, error) {
	r := Replay{Request: uuid.New(), Numbers: numbers}
	q := facts.ParkedQuery{UpTo: everyNumber, Numbers: numbers, NotOf: r.Request}
	at, err := a.Answers(ctx, a.Prefecture, q)
	if err != nil {
		return Replayed{}, fmt.Errorf("count parked events: %w", err)
	}
	if at.Waiting < uint64(len(numbers)) {
		return Replayed{}, ErrNotParked
	}
	q.UpTo = at.Last // what is parked from now on is not asked for
	return a.wait(ctx, r, q, Replayed{Asked: at.Waiting, Waiting: at.Waiting})
}

func (a Asker) wait(ctx context.Context, r Replay, q facts.ParkedQuery, answer Replayed) (Replayed, error) {
	begun := time.Now()
	moved, told := begun, time.Time{}
	for answer.Waiting > 0 {
		if time.Since(told) >= a.Repeat {
			if err := a.Announce(ctx, r); err != nil && time.Since(begun) >= a.Patience {
				return answer, err
			}
			told = time.Now()
		}
		if !rest(ctx, a.Look) {
			return answer, ctx.Err()
		}
		at, err := a.Answers(ctx, a.Prefecture, q)
		if err != nil {
			return answer, fmt.Errorf("see what was replayed: %w", err)
		}
		if at.Waiting < answer.Waiting {
			moved = time.Now()
		}
		answer.Waiting, answer.Parked, answer.Counted = at.Waiting, at.Tried, answer.Asked-min(answer.Asked, at.Waiting+at.Tried)
		switch {
		case time.Since(moved) >= a.Patience && answer.Waiting == answer.Asked:
			return answer, ErrSilent
		case time.Since(moved) >= a.Patience, time.Since(begun) >= a.Limit:
			return answer, nil
		}
	}
	return answer, nil
}
