package projection_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/projection"
)

const today = calendar.Day(19326) // 2022-11-30

var (
	begun     = projection.RebuildBegun{Area: "532600", Set: 2, Facts: 1, Reason: "新的口径"}
	paused    = projection.RebuildPaused{Set: 2}
	resumed   = projection.RebuildResumed{Set: 2}
	abandoned = projection.RebuildAbandoned{Set: 2}
	promoted  = projection.Promoted{Set: 2, Before: 1, Position: 70123}
	back      = projection.RolledBack{Set: 1, From: 2}
	retired   = projection.Retired{Set: 1}
)

func given(events ...event.Event) []event.Event { return slices.Clone(events) }

func rows() []dectest.Row[projection.Command] {
	begin := projection.Begin{Area: "532600", Facts: 1, Reason: " 新的口径 "}
	third := projection.RebuildBegun{Area: "532600", Set: 3, Facts: 1, Reason: "新的口径"}
	return []dectest.Row[projection.Command]{
		{Behaviour: "a set is built beside the first", When: begin, Then: given(begun)},
		{Behaviour: "one at a time", Given: given(begun), When: begin, Refused: projection.ErrBuilding},
		{Behaviour: "a reason is short", When: projection.Begin{Area: "532600", Reason: strings.Repeat("因", 201)}, Refused: projection.ErrReason},
		{Behaviour: "after one that was abandoned comes another number", Given: given(begun, abandoned), When: begin, Then: given(third)},
		{Behaviour: "the set from before is retired for it", Given: given(begun, promoted), When: begin, Then: given(retired, third)},
		{Behaviour: "it is paused", Given: given(begun), When: projection.Pause{}, Then: given(paused)},
		{Behaviour: "but once", Given: given(begun, paused), When: projection.Pause{}, Refused: projection.ErrPaused},
		{Behaviour: "and resumed", Given: given(begun, paused), When: projection.Resume{}, Then: given(resumed)},
		{Behaviour: "what is not paused is not resumed", Given: given(begun, paused, resumed), When: projection.Resume{}, Refused: projection.ErrNotPaused},
		{Behaviour: "it is abandoned", Given: given(begun, paused), When: projection.Abandon{}, Then: given(abandoned)},
		{Behaviour: "without one nothing is paused", When: projection.Pause{}, Refused: projection.ErrNotBuilding},
		{Behaviour: "it is promoted", Given: given(begun), When: projection.Promote{Set: 2, Position: 70123}, Then: given(promoted)},
		{Behaviour: "another is not", Given: given(begun, abandoned, third), When: projection.Promote{Set: 2}, Refused: projection.ErrNotBuilding},
		{Behaviour: "nor one twice", Given: given(begun, promoted), When: projection.Promote{Set: 2}, Refused: projection.ErrNotBuilding},
		{Behaviour: "the set from before serves again", Given: given(begun, promoted), When: projection.RollBack{}, Then: given(back)},
		{Behaviour: "and the other again", Given: given(begun, promoted, back), When: projection.RollBack{}, Then: given(projection.RolledBack{Set: 2, From: 1})},
		{Behaviour: "the first has none before it", Given: given(begun), When: projection.RollBack{}, Refused: projection.ErrNoPrevious},
		{Behaviour: "it is retired", Given: given(begun, promoted), When: projection.Retire{}, Then: given(retired)},
		{Behaviour: "what is retired does not come back", Given: given(begun, promoted, retired), When: projection.RollBack{}, Refused: projection.ErrNoPrevious},
		{Behaviour: "no command is no command", Given: given(begun), Refused: projection.ErrUnknown},
	}
}

func TestProjection(t *testing.T) {
	dectest.Run(t, projection.Decider(), today, rows())
	dectest.EveryRefusal(t, rows())
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, projection.Decider(), today, projection.Types(), []projection.Command{
		projection.Begin{Area: "532600"}, projection.Pause{}, projection.Resume{}, projection.Abandon{}, projection.Promote{Set: 2}, projection.RollBack{}, projection.Retire{},
	})
}

func TestReleasedBytes(t *testing.T) {
	golden.Check(t, projection.Types(), begun, paused, resumed, abandoned, promoted, back, retired)
}
