package warehouse_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
)

// what is recorded, by ledger number.
type recording struct {
	rows   []facts.Row
	number uint64
}

func (r *recording) key() facts.Key {
	r.number++
	return facts.Key{Prefecture: "5326", Number: r.number}
}

func dayOf(text string) time.Time {
	if text == "" {
		return facts.Forever()
	}
	d, err := calendar.ParseDay(text)
	if err != nil {
		panic(err)
	}
	return d.Time()
}

// says records that something holds from a day on, to another one (empty: without an end), or that it does not ("!").
func (r *recording) says(kind string, who uuid.UUID, word, area, from, until string) uuid.UUID {
	s := facts.Standing{Key: r.key(), Subject: who, Kind: kind, Standing: word, Area: area, EffectiveOn: dayOf(from), Until: facts.Forever(), Record: uuid.New()}
	if until != "!" {
		s.Holds, s.Until = 1, dayOf(until)
	}
	r.rows = append(r.rows, s)
	return s.Record
}

func (r *recording) does(kind string, who uuid.UUID, word, area, on string) uuid.UUID {
	a := facts.Activity{Key: r.key(), Subject: who, Kind: kind, Activity: word, Area: area, OccurredOn: dayOf(on), Record: uuid.New()}
	r.rows = append(r.rows, a)
	return a.Record
}

func (r *recording) withdraws(record uuid.UUID) {
	r.rows = append(r.rows, facts.Amendment{Key: r.key(), Fact: record, Kind: facts.Withdrawn, WasOn: dayOf("2022-01-01")})
}

func (r *recording) closes(day string) {
	r.rows = append(r.rows, facts.Event{Key: r.key(), EventID: uuid.New(), Type: "DayClosed.v1", OccurredOn: dayOf(day), RecordedAt: dayOf(day), ReceivedAt: dayOf(day)})
}

func TestSubjectsAreCountedByWhatHoldsAndWhatHappened(t *testing.T) {
	w, r := open(t), &recording{}
	const here, there, county, all = "532601001", "532601002", "532601", "532600"
	ann, bo, cai := uuid.New(), uuid.New(), uuid.New()
	r.says("elder", ann, "registered", here, "2021-01-01", "")
	r.says("elder", ann, "poor", here, "2021-02-10", "")
	r.says("elder", ann, "stay", here, "2022-01-20", "")
	r.says("elder", bo, "registered", here, "2021-01-01", "")
	r.says("elder", bo, "poor", here, "2021-01-01", "")
	r.says("elder", bo, "registered", there, "2022-03-31", "") // moves
	wrong := r.says("elder", bo, "stay", here, "2022-01-01", "")
	r.says("elder", cai, "registered", there, "2021-06-01", "")
	r.says("elder", cai, "poor", there, "2021-06-01", "")
	r.says("elder", cai, "registered", there, "2022-05-31", "!") // dies
	nursery := uuid.New()
	r.says("childcare", nursery, "registered", here, "2022-01-01", "")
	r.says("childcare", nursery, "fire_safety", here, "2022-01-05", "2022-06-20")
	r.says("childcare", nursery, "fire_safety", here, "2022-04-01", "2022-04-10") // a newer one that is shorter
	r.says("childcare", nursery, "fire_safety", here, "2022-05-02", "2022-07-15")
	r.does("elder", ann, "health_check", here, "2022-02-01")
	r.does("elder", ann, "health_check", here, "2022-03-01")
	r.does("elder", bo, "health_check", here, "2022-03-30")
	r.does("elder", cai, "health_check", there, "2021-12-31")
	early := uuid.New() // born, and visited, before the registration
	r.does("child", early, "birth", here, "2022-09-01")
	r.does("child", early, "newborn_visit", here, "2022-09-10")
	r.says("child", early, "registered", there, "2022-10-02", "")
	r.withdraws(wrong)
	before := r.number
	r.closes("2022-07-10")
	require.NoError(t, w.Write(t.Context(), r.rows))
	require.NoError(t, w.Write(t.Context(), r.rows), "twice is once")

	definition := func(code, measure, period string) plan.Definition {
		return plan.Definition{Code: code, Variant: plan.Official, Version: 1, Numerator: measure, Period: period}
	}
	p := &plan.Plan{Prefecture: "5326", BaselineOn: calendar.Date(2020, 12, 31), Definitions: []plan.Definition{
		definition("poor", "elder:poor", ""), definition("staying", "elder:poor+stay", ""), definition("elders", "elder", ""),
		definition("safe", "childcare:fire_safety", ""), definition("checked", "elder#health_check", "year"),
		definition("checked-month", "elder#health_check", ""), definition("births", "child#birth", "mch_year"),
		definition("visited", "child#newborn_visit", "school_year"), definition("demonstration", "childcare:demonstration", ""),
	}}
	areas, err := area.Wenshan()
	require.NoError(t, err)
	e := indicators.Engine{Plan: p, Areas: areas, Store: w}
	var months []calendar.Month
	for m := calendar.MonthOf(2021, 1); m <= calendar.MonthOf(2022, 12); m++ {
		months = append(months, m)
	}
	counted := map[uint64][]indicators.Number{}
	for _, number := range []uint64{before - 1, before, r.number} {
		counted[number], err = e.Compute(t.Context(), p.Definitions, months, number)
		require.NoError(t, err)
	}
	t.Run("each month by itself is as all of them at once", func(t *testing.T) {
		for _, number := range []uint64{before - 1, before, r.number} {
			for _, m := range months {
				alone, err := e.Compute(t.Context(), p.Definitions, []calendar.Month{m}, number)
				require.NoError(t, err)
				require.ElementsMatch(t, slices.DeleteFunc(slices.Clone(counted[number]), func(n indicators.Number) bool { return n.Month != m }), alone)
			}
		}
	})
	no := -1.0 // there is no number
	for _, c := range []struct {
		behaviour, code, area, month string
		number                       uint64
		want                         float64
	}{
		{"from its day on", "poor", here, "2021-01", before, 1},
		{"of several people", "poor", here, "2021-02", before, 2},
		{"where they live", "poor", there, "2022-02", before, 1},
		{"all standings of one person", "staying", county, "2022-01", before, 1},
		{"a record that was withdrawn counts no more", "staying", here, "2022-02", before, 1},
		{"it counted as long as it was not", "staying", here, "2022-02", before - 1, 2},
		{"who moves on the last day counts there", "poor", there, "2022-03", before, 2},
		{"and here no more", "poor", here, "2022-03", before, 1},
		{"who died on the last day is not on the register", "elders", there, "2022-05", before, 1},
		{"a move leaves the sum", "poor", all, "2022-04", before, 3},
		{"before anybody was registered there is no number", "safe", here, "2021-12", before, no},
		{"elsewhere it is zero", "safe", "532622", "2022-01", before, 0},
		{"what nobody has said of any is no zero", "demonstration", here, "2022-06", before, no},
		{"a certificate is valid to its last day", "safe", here, "2022-03", before, 1},
		{"the newest one counts, also when it lapses before the older one", "safe", here, "2022-04", before, 0},
		{"a month that is over counts at its end", "safe", here, "2022-06", r.number, 1},
		{"as far as is known in July it lapses", "safe", here, "2022-07", before, 0},
		{"but on the 11th, which is today, it holds", "safe", here, "2022-07", r.number, 1},
		{"later months count at their ends", "safe", here, "2022-08", r.number, 0},
		{"once in the year so far", "checked", here, "2022-02", before, 1},
		{"each person once, where the register has them at the month's end", "checked", there, "2022-03", before, 1},
		{"the same person in the place of before", "checked", here, "2022-04", before, 1},
		{"to the year's end", "checked", all, "2022-12", before, 2},
		{"and not in the next month of their own", "checked-month", all, "2022-04", before, no},
		{"in their own month", "checked-month", all, "2022-03", before, 2},
		{"a year begins anew", "checked", there, "2021-12", before, 1},
		{"without anybody there is no number", "checked", all, "2022-01", before, no},
		{"before the registration where it happened", "births", here, "2022-09", before, 1},
		{"an MCH year ends in September", "births", all, "2022-10", before, no},
		{"a school year does not, and who is registered counts there", "visited", there, "2022-10", before, 1},
		{"and not where it happened", "visited", here, "2022-10", before, 0},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			got := no
			for _, n := range counted[c.number] {
				if n.Code == c.code && n.Area == c.area && n.Month.String() == c.month {
					got = *n.Value
				}
			}
			require.InDelta(t, c.want, got, 0)
		})
	}
}

// The registration may be parked while the circumstances are not.
func TestCircumstancesOfWhoIsNotOnTheRegisterCountNowhere(t *testing.T) {
	w := open(t)
	require.NoError(t, w.Write(t.Context(), []facts.Row{facts.ElderState{
		Key: facts.Key{Prefecture: "5326", Number: 1}, Elder: uuid.New(), Aspect: "circumstances", EffectiveOn: dayOf("2022-01-05"), Circumstances: []string{"childless"},
	}}))
	areas, err := area.Wenshan()
	require.NoError(t, err)
	d := plan.Definition{Code: "need", Variant: plan.Official, Version: 1, Numerator: "in_difficulty"}
	e := indicators.Engine{Plan: &plan.Plan{Prefecture: "5326", Definitions: []plan.Definition{d}}, Areas: areas, Store: w}
	numbers, err := e.Compute(t.Context(), []plan.Definition{d}, []calendar.Month{calendar.MonthOf(2022, time.March), calendar.MonthOf(2022, time.April)}, 1)
	require.NoError(t, err)
	require.Empty(t, numbers)
}
