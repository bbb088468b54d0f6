package publication_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/decider/dectest"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/event/golden"
	"github.com/careledger/careledger/domain/publication"
)

var (
	november = calendar.MonthOf(2022, time.November)
	today    = calendar.Date(2022, time.December, 5)
	firstID  = uuid.MustParse("018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e")
)

func first() publication.Sealed {
	return publication.Sealed{
		Publication: firstID, Area: "532600", Period: november, Revision: 1, SealedOn: today, Position: 70123,
		Root: "BzjDXXLaqLp1J2XVOOlASTDcOF5MNyAObOzp7TMsMbk=", Plan: "wenshan-2022", PlanSHA256: "aa", AreasSHA256: "bb", Targets: 3, Facts: 2, Cells: 3955,
		Numbers: "cc", Hash: "dd", Key: "a2V5", Signature: "c2ln",
	}
}

func second() publication.Sealed {
	s := first()
	s.Publication, s.Revision, s.Position, s.Numbers, s.Hash = uuid.MustParse("018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4f"), 2, 70140, "ee", "ff"
	s.Supersedes, s.Changed, s.Late = &firstID, 3, 17
	return s
}

func of(s publication.Sealed, change func(*publication.Sealed)) publication.Seal {
	change(&s)
	return publication.Seal{Sealed: s}
}

func rows() []dectest.Row[publication.Command] {
	sealed := []event.Event{first()}
	return []dectest.Row[publication.Command]{
		{Behaviour: "a month that is over is sealed", When: publication.Seal{Sealed: first()}, Then: sealed},
		{Behaviour: "what came late makes a second revision", Given: sealed, When: publication.Seal{Sealed: second()}, Then: []event.Event{second()}},
		{Behaviour: "months stand beside each other", Given: sealed, When: of(first(), func(s *publication.Sealed) { s.Period-- }),
			Then: []event.Event{of(first(), func(s *publication.Sealed) { s.Period-- }).Sealed}},
		{Behaviour: "a month that runs is not", When: of(first(), func(s *publication.Sealed) { s.Period++ }), Refused: publication.ErrOpen.At("/period")},
		{Behaviour: "nor one that is to come", When: of(first(), func(s *publication.Sealed) { s.Period += 2 }), Refused: publication.ErrFuture.At("/period")},
		{Behaviour: "the same numbers are not sealed twice", Given: sealed,
			When: of(second(), func(s *publication.Sealed) { s.Numbers = first().Numbers }), Refused: publication.ErrUnchanged},
		{Behaviour: "of two that seal at once one waits", Given: sealed, When: publication.Seal{Sealed: first()}, Refused: publication.ErrMoved},
		{Behaviour: "no revision is left out", When: publication.Seal{Sealed: second()}, Refused: publication.ErrMoved},
		{Behaviour: "no command is no command", Refused: publication.ErrUnknown},
	}
}

func TestPublication(t *testing.T) {
	dectest.Run(t, publication.Decider(), today, rows())
	dectest.EveryRefusal(t, rows())
}

func TestAnyHistoryFolds(t *testing.T) {
	dectest.AnyHistoryFolds(t, publication.Decider(), today, publication.Types(), []publication.Command{publication.Seal{Sealed: first()}})
}

func TestPublicationsAreFound(t *testing.T) {
	s := publication.Evolve(publication.Evolve(publication.State{}, first()), second())
	newest, ok := s.Newest(november)
	require.True(t, ok)
	require.Equal(t, 2, newest.Revision)
	_, ok = s.Newest(november - 1)
	require.False(t, ok)
	found, ok := s.Find(firstID)
	require.True(t, ok)
	require.Equal(t, 1, found.Revision)
	_, ok = s.Find(uuid.UUID{})
	require.False(t, ok)
}

func TestReleasedBytes(t *testing.T) { golden.Check(t, publication.Types(), second()) }
