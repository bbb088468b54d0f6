package facts_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/facts"
)

// Whoever folds the records in the stream and whoever reads the rows must agree on what holds on a day.
func TestRowsHoldWhatTheStreamHolds(t *testing.T) {
	today := day(2022, 11, 30)
	who := standing.Subject{ID: someone, Kind: standing.Elder, Since: day(2022, 10, 1)}
	rapid.Check(t, func(t *rapid.T) {
		state, number := standing.State{}, uint64(0)
		var rows []facts.Row
		for range rapid.IntRange(1, 40).Draw(t, "commands") {
			events, err := standing.Decide(who, state, draw(t, today), today)
			if err != nil {
				continue
			}
			for _, e := range events {
				number++
				state = standing.Evolve(state, e)
				rows = append(rows, folded(e, number)...)
			}
		}
		for _, word := range standing.WordsOf(standing.Elder).Standings {
			for on := today - 32; on <= today+2; on++ {
				_, want := state.InForce(standing.Elder, word, on)
				if got := holds(rows, word, on); got != want {
					t.Fatalf("%s on %s: the rows say %t, the stream %t: %+v", word, on, got, want, rows)
				}
			}
		}
	})
}

// holds reads the rows as Standing says.
func holds(rows []facts.Row, word string, on calendar.Day) bool {
	withdrawn := map[uuid.UUID]bool{}
	for _, r := range rows {
		if a, ok := r.(facts.Amendment); ok {
			withdrawn[a.Fact] = true
		}
	}
	var newest facts.Standing
	for _, r := range rows {
		s, ok := r.(facts.Standing)
		if ok && s.Standing == word && !withdrawn[s.Record] && !s.EffectiveOn.After(on.Time()) && !s.EffectiveOn.Before(newest.EffectiveOn) {
			newest = s // rows come in the order of their numbers
		}
	}
	return newest.Holds == 1 && !newest.Until.Before(on.Time())
}

func draw(t *rapid.T, today calendar.Day) standing.Command {
	id := func(what string) uuid.UUID {
		return uuid.NewSHA1(someone, []byte{byte(rapid.IntRange(0, 20).Draw(t, what))})
	}
	on := today - calendar.Day(rapid.IntRange(-1, 30).Draw(t, "days ago"))
	switch rapid.IntRange(0, 5).Draw(t, "command") {
	case 0, 1, 2:
		c := standing.RecordStanding{Standing: rapid.SampledFrom([]string{"ability_2", "ability_4", "poor"}).Draw(t, "word"), Record: id("record"), EffectiveOn: on}
		if rapid.Bool().Draw(t, "lapses") {
			c.Until = on + calendar.Day(rapid.IntRange(0, 20).Draw(t, "days"))
		}
		return c
	case 3, 4:
		return standing.EndStanding{Of: id("of"), Record: id("record"), EndedOn: on}
	}
	return standing.EnterInError{Record: id("record")}
}

// Rows with one sort key are one row, so an event must not make two of them: they are counted.
func TestEachRowOfAnEventIsOneOfItsOwn(t *testing.T) {
	for _, word := range standing.WordsOf(standing.Elder).Standings {
		type key struct {
			standing string
			on       time.Time
		}
		seen := map[key]bool{}
		var e event.Event = standing.Recorded{Subject: someone, Kind: standing.Elder, Standing: word, Record: record, EffectiveOn: day(2022, 5, 1)}
		for _, r := range folded(e, 7) {
			s, ok := r.(facts.Standing)
			if !ok || seen[key{s.Standing, s.EffectiveOn}] {
				t.Fatalf("%+v", r)
			}
			seen[key{s.Standing, s.EffectiveOn}] = true
		}
	}
}
