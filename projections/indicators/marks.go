package indicators

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/facts"
)

// Marks says which groups must be counted anew for which months. Over-marking is safe; a forgotten mark is not.
type Marks map[Group]*Marked

// Marked is what is marked of a group: months, and the touches that all of it comes from, or, with whole, anything.
type Marked struct {
	months  map[calendar.Month]struct{}
	touches []touch
	whole   bool
}

// touch is a row about one subject. Word is its standing, if it has one.
type touch struct {
	subject uuid.UUID
	word    string
}

// mostTouches is how many are told apart.
const mostTouches = 500

// Months that cells are kept for: from the plan's baseline to the month of today.
type Months struct{ First, Current calendar.Month }

// periodMonths is how many months the longest period has: what happened in a month counts in every later one of its period.
const periodMonths = 12

// Mark marks what a row touches: a visit its own month, an activity the months of any period that its own month is in,
// everything else its month and all later ones.
func (k Marks) Mark(row facts.Row, span Months) {
	switch r := row.(type) {
	case facts.Visit:
		k.one(Visits, monthOf(r.OccurredOn), span)
		k.touch(Visits, r.Elder, "")
	case facts.ElderState:
		k.since(Visits, monthOf(r.EffectiveOn), span)
		k.touch(Visits, r.Elder, "")
	case facts.Amendment:
		k.amended(r, span)
	case facts.Standing:
		kind := standing.Kind(r.Kind)
		k.since(StandingsOf(kind), monthOf(r.EffectiveOn), span)
		k.touch(StandingsOf(kind), r.Subject, r.Standing)
		if r.Standing == standing.Registered { // it says where an activity counts
			k.since(ActivitiesOf(kind), monthOf(r.EffectiveOn), span)
			k.touch(ActivitiesOf(kind), r.Subject, "")
		}
	case facts.Merge: // what was recorded of any day
		for _, g := range []Group{Visits, StandingsOf(standing.Kind(r.Kind)), ActivitiesOf(standing.Kind(r.Kind))} {
			k.since(g, span.First, span)
			k.touch(g, uuid.Nil, "") // two at once
		}
	case facts.Activity:
		k.within(ActivitiesOf(standing.Kind(r.Kind)), monthOf(r.OccurredOn), span)
		k.touch(ActivitiesOf(standing.Kind(r.Kind)), r.Subject, "")
	case facts.BedChange:
		k.since(Beds, monthOf(r.EffectiveOn), span)
	case facts.StayChange:
		k.since(Residents, monthOf(r.EffectiveOn), span)
	case facts.Retrofit:
		k.since(Retrofits, monthOf(r.AcceptedOn), span)
	case facts.PlaceChange:
		k.since(Places, monthOf(r.EffectiveOn), span)
	case facts.Filing:
		k.since(Filings, monthOf(r.FiledOn), span)
	case facts.EnrolmentChange:
		k.since(Enrolments, monthOf(r.EffectiveOn), span)
	case facts.Figure:
		k.since(Figures, monthOf(r.PeriodEnd), span)
	}
}

func (k Marks) amended(r facts.Amendment, span Months) {
	if r.Kind != facts.Withdrawn {
		k.one(Visits, monthOf(r.WasOn), span)
		k.touch(Visits, r.Of, "")
		return
	}
	for _, kind := range standing.Kinds() {
		k.since(StandingsOf(kind), monthOf(r.WasOn), span) // a lapse is later
		k.within(ActivitiesOf(kind), monthOf(r.WasOn), span)
	}
	k.Whole()
}

// touch says of whom a mark is. What marked nothing touches nothing.
func (k Marks) touch(g Group, subject uuid.UUID, word string) {
	marked := k[g]
	if marked == nil || marked.whole {
		return
	}
	one := touch{subject, word}
	switch {
	case slices.Contains(marked.touches, one):
	case len(marked.touches) == mostTouches || subject == uuid.Nil:
		marked.whole, marked.touches = true, nil
	default:
		marked.touches = append(marked.touches, one)
	}
}

// Whole says that what is marked does not come from single subjects.
func (k Marks) Whole() {
	for _, marked := range k {
		marked.whole, marked.touches = true, nil
	}
}

// All marks everything from a month on.
func (k Marks) All(from calendar.Month, span Months) {
	for _, g := range Groups() {
		k.since(g, from, span)
	}
	k.Whole()
}

// DayClosed marks what a day's end touches: the month of the next one, and of subjects every month: days may have been left
// out, so that the last one that was counted as far as it had gone is not known.
func (k Marks) DayClosed(day calendar.Day, span Months) {
	k.All((day + 1).Month(), span)
	for _, g := range ofSubjects() {
		k.since(g, span.First, span)
	}
	k.Whole()
}

// Merge adds other's marks.
func (k Marks) Merge(other Marks) {
	for g, more := range other {
		marked := k.of(g)
		maps.Copy(marked.months, more.months)
		for _, one := range more.touches {
			if !marked.whole && !slices.Contains(marked.touches, one) {
				marked.touches = append(marked.touches, one)
			}
		}
		if more.whole || len(marked.touches) > mostTouches {
			marked.whole, marked.touches = true, nil
		}
	}
}

// Months lists a group's marked months in order.
func (k Marks) Months(g Group) []calendar.Month {
	if k[g] == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(k[g].months))
}

func (k Marks) of(g Group) *Marked {
	if k[g] == nil {
		k[g] = &Marked{months: map[calendar.Month]struct{}{}}
	}
	return k[g]
}

func (k Marks) one(g Group, m calendar.Month, span Months) {
	if m >= span.First && m <= span.Current {
		k.of(g).months[m] = struct{}{}
	}
}

// within marks a month and what may come behind it in one period.
func (k Marks) within(g Group, m calendar.Month, span Months) {
	k.since(g, m, Months{First: span.First, Current: min(span.Current, m+periodMonths-1)})
}

func (k Marks) since(g Group, m calendar.Month, span Months) {
	for m = max(m, span.First); m <= span.Current; m++ {
		k.one(g, m, span)
	}
}

func monthOf(t time.Time) calendar.Month { return calendar.Month(t.Year()*12 + int(t.Month()) - 1) }
