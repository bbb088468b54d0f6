package simulate

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
)

// actor is whoever has records: it acts on its day and says on which day it wants to act next; 0: never again.
type actor interface {
	act(l *life) (next calendar.Day)
}

// turn is an actor's place in a day. Two of one second keep the order of their names, which are drawn.
type turn struct {
	second int32
	name   uint64
	who    actor
}

// life is one run through the days. What it holds is bounded by who lives: an actor is in one day's list only, and a day
// that is past is let go.
type life struct {
	*World
	yield       func(Record) bool
	running     bool // the list of the present day is closed
	stopped     bool
	days        [][]turn
	first, last calendar.Day // of those that are lived
	end         calendar.Day // of the figures
	today       calendar.Day
	second      int32
	from        time.Time

	houses    []*house
	nurseries []*house
}

const (
	workBegins = 8 * 3600
	workLasts  = 10 * 3600
)

// expect puts an actor on the list of a day, at an hour of work that follows from its name.
func (l *life) expect(who actor, name uint64, on calendar.Day) {
	if l.running {
		on = max(on, l.today+1)
	}
	if on = max(on, l.first); on > l.last {
		return
	}
	second := workBegins + int32(mix(name^uint64(on))%workLasts)
	at := int(on - l.first)
	l.days[at] = append(l.days[at], turn{second, name, who})
}

func (l *life) run() {
	l.running = true
	for ; l.today <= l.last; l.today++ {
		at := int(l.today - l.first)
		turns := l.days[at]
		slices.SortStableFunc(turns, func(a, b turn) int {
			return cmp.Or(cmp.Compare(a.second, b.second), cmp.Compare(a.name, b.name))
		})
		for _, t := range turns {
			l.second = t.second
			if next := t.who.act(l); next != 0 {
				l.expect(t.who, t.name, next)
			}
			if l.stopped {
				return
			}
		}
		l.days[at], l.second = nil, 0
	}
}

// tell hands on a record that is received so many days from now, with what it causes.
func (l *life) tell(r Record, days int, caused ...Record) {
	if days > 0 {
		l.expect(posted(append([]Record{r}, caused...)), nameOf(r.ID), l.today+calendar.Day(days))
		return
	}
	l.give(r)
	for _, r := range caused {
		l.give(r)
	}
}

func (l *life) give(r Record) {
	r.Received = instant(l.today, l.second)
	if r.Received.Before(l.from) {
		r.Received = l.from
	}
	l.stopped = l.stopped || !l.yield(r)
}

// instant is a second of a day in the plan's zone.
func instant(day calendar.Day, second int32) time.Time {
	return time.Unix(int64(day)*86400+int64(second)-8*3600, 0).UTC()
}

func nameOf(id uuid.UUID) uint64 { return binary.BigEndian.Uint64(id[:8]) }

// posted is records on their way.
type posted []Record

func (p posted) act(l *life) calendar.Day {
	l.tell(p[0], 0, p[1:]...)
	return 0
}

// script is records that are known beforehand, in the order in which they come.
type script struct {
	name  uint64
	steps []step
}

// step is a record of a day, received some days after it. done, where there is one, happens with it.
type step struct {
	on   calendar.Day
	late int
	Record
	done func()
}

// begin sorts the steps and waits for the first. Those of before the opening come on the day on which what is older is
// brought in.
func (l *life) begin(name uint64, steps []step, brought calendar.Day) {
	if len(steps) == 0 {
		return
	}
	for i := range steps {
		steps[i].On = steps[i].on
		steps[i].on = max(steps[i].on, brought)
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.on, b.on) })
	l.expect(&script{name, steps}, name, steps[0].on)
}

func (s *script) act(l *life) calendar.Day {
	for len(s.steps) > 0 && s.steps[0].on <= l.today {
		if s.steps[0].done != nil {
			s.steps[0].done()
		}
		l.tell(s.steps[0].Record, s.steps[0].late)
		s.steps = s.steps[1:]
		if l.stopped {
			return 0
		}
	}
	if len(s.steps) == 0 {
		return 0
	}
	return s.steps[0].on
}

// populate puts everybody on the list of the day on which the records begin.
func (l *life) populate() {
	for _, part := range []struct {
		name string
		live func()
	}{
		{Houses, l.institutions},
		{Houses, l.childcares},
		{Houses, l.residents},
		{Houses, l.enrolments},
		{Units, l.units},
		{Reports, l.reports},
		{Retrofit, l.retrofits},
		{Elders, l.elders},
		{Children, l.children},
	} {
		if l.wants(part.name) {
			part.live()
		}
	}
}
