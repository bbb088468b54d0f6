package simulate

import (
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// What a child's health service asks for, by months of age, and how many days a check or dose may be late.
var (
	checkAges = []int{3, 6, 8, 12, 18, 24, 30} // four in the first year, two in the second, one in the third
	doseAges  = []int{0, 2, 5, 8, 18, 24}
)

const (
	graceDays = 60
	// A child who keeps to a course is up to date for this share of the time: not before the first visit or dose. One of
	// whom checks or doses are missed is so until the second is overdue, and if it comes back.
	keptShare   = 0.98
	missedShare = 0.2
	comesBack   = 0.15
	comesBackAt = 18 // months
)

// course is a child's checks or doses. A child either keeps to it or misses what comes after the first.
type course struct {
	ages     []int
	activity string
	standing string
	keeps    bool
	at       int // the place in ages of what comes next
	on       calendar.Day
}

// young is a child under 3.
type young struct {
	folk
	registers calendar.Day
	known     bool
	female    bool
	visited   calendar.Day // the newborn visit that comes
	courses   [2]course
	guided    calendar.Day // the next guidance of the family
}

// children are those who were under 3 in the year in which the records begin, and those born afterwards.
func (l *life) children() {
	first := l.Figures.Opening/12*12 - 36
	for i, births := range l.arrivals("births", first, l.Figures.Opening-1) {
		for n := range births {
			l.bear(first+calendar.Month(i), n)
		}
	}
	births := l.arrivals("births", l.Figures.Opening, l.horizon)
	l.expect(monthly(func(l *life, month calendar.Month) {
		for n := range births[month-l.Figures.Opening] {
			l.bear(month, n)
		}
	}), 2, l.first)
}

func (l *life) bear(month calendar.Month, n int) {
	c := l.childOf(l.dice(sortChild, uint64(month)<<32|uint64(n)), month.First())
	c.born += calendar.Day(c.below(28))
	c.registers = c.born + 3 + calendar.Day(c.below(20))
	if c.registers < l.first {
		l.expect(c, nameOf(c.id), l.brings(c.town))
		return
	}
	l.expect(c, nameOf(c.id), c.registers)
}

// childOf makes a child with its family's ways.
func (l *life) childOf(d dice, born calendar.Day) *young {
	c := &young{folk: newFolk(d)}
	c.born, c.town = born, anyTown(l.towns, &c.dice)
	c.female = c.chance(0.47)
	at, above := l.at(born), l.towns[c.town].immunised
	lowest := l.shares["immunised_lowest"][at]
	managed := l.shares["managed"][at] + 0.04*(above-0.5)
	c.courses = [2]course{
		{ages: checkAges, activity: standing.Check, standing: standing.Managed, keeps: c.chance(keeping(managed))},
		{ages: doseAges, activity: standing.Immunisation, standing: standing.Immunised, keeps: c.chance(keeping(lowest + (1-lowest)*0.8*above))},
	}
	return c
}

// keeping is which share has to keep to a course so that the given one is up to date.
func keeping(share float64) float64 { return (share - missedShare) / (keptShare - missedShare) }

func (c *young) record(l *life, on calendar.Day, e event.Event) Record {
	return Record{ID: c.next(), Category: "child", Subject: c.id, Area: l.towns[c.town].code, On: on, Event: e}
}

func (c *young) act(l *life) calendar.Day {
	if !c.known {
		c.register(l)
	}
	if c.visited != 0 && c.visited <= l.today {
		c.newbornVisit(l)
	}
	for i := range c.courses {
		if course := &c.courses[i]; course.on != 0 && course.on <= l.today {
			c.follow(l, course)
		}
	}
	for c.guided != 0 && c.guided <= l.today {
		c.logs(l, c.guided, "guidance")
		c.guided = c.nextGuidance(l, c.guided.Month()/12+1)
	}
	return soonest(c.visited, c.courses[0].on, c.courses[1].on, c.guided)
}

func (c *young) register(l *life) {
	c.known = true
	sex := child.Male
	if c.female {
		sex = child.Female
	}
	r := c.record(l, c.registers, child.Registered{
		Child: c.id, Area: l.towns[c.town].code, RegisteredOn: c.registers, Sex: sex, BirthMonth: c.born.Month(),
	})
	r.Born, r.Number = c.born, int32(c.below(1<<30))
	l.tell(r, 0)
	c.visited = c.born + 5 + calendar.Day(c.below(22))
	c.guided = c.nextGuidance(l, max(l.first.Month()/12, c.registers.Month()/12))
	for i := range c.courses {
		if c.birthday(3) > l.today {
			c.catchUp(l, &c.courses[i])
		}
	}
}

// newbornVisit was made within 28 days, or late, or never. Of a child who comes later it is brought in.
func (c *young) newbornVisit(l *life) {
	on := c.visited
	c.visited = 0
	if on < l.first.Month().First()-400 { // of MCH years that nobody asks for
		return
	}
	switch {
	case c.chance(l.shares["newborn_visits"][l.at(on)]):
		c.logs(l, on, standing.NewbornVisit)
		if until := c.due(&c.courses[0], 0) + graceDays; until > l.today {
			r := c.record(l, on, nil)
			r.Event = standing.Recorded{Subject: c.id, Kind: standing.Child, Standing: standing.Managed, Record: r.ID, EffectiveOn: on, Until: until}
			l.tell(r, 0)
		}
	case c.chance(0.6):
		r := c.logged(l, c.born+29+calendar.Day(c.below(12)), standing.NewbornVisitLate)
		l.tell(r, max(0, int(r.On-l.today))+c.below(10))
	}
}

// catchUp finds where a child of some age stands; who keeps to the course has had the last one.
func (c *young) catchUp(l *life, course *course) {
	for course.at < len(course.ages) && c.due(course, course.at)+graceDays/2 <= l.today {
		course.at++
	}
	if course.at > 0 && course.keeps {
		course.at--
	}
	c.await(course)
}

// due is when the n-th check or dose is due.
func (c *young) due(course *course, n int) calendar.Day {
	y, m, d := c.born.Time().Date()
	return calendar.Date(y, m+time.Month(course.ages[n]), d)
}

// await sets the day of the next check or dose that takes place, if one does.
func (c *young) await(course *course) {
	course.on = 0
	if !course.keeps && course.at > 0 {
		for course.at < len(course.ages) && course.ages[course.at] < comesBackAt {
			course.at++
		}
		if course.at < len(course.ages) && (course.ages[course.at] != comesBackAt || !c.chance(comesBack)) {
			return
		}
	}
	if course.at < len(course.ages) {
		course.on = c.due(course, course.at) + 1 + calendar.Day(c.below(graceDays/2))
	}
}

// follow is a check or dose: the activity, and with it that nothing is overdue until the next one is.
func (c *young) follow(l *life, course *course) {
	on := course.on
	r := c.logged(l, on, course.activity)
	until := c.birthday(3) + graceDays
	if course.at+1 < len(course.ages) {
		until = c.due(course, course.at+1) + graceDays
	}
	companion := r
	companion.Caused = true
	companion.Event = standing.Recorded{
		Subject: c.id, Kind: standing.Child, Standing: course.standing, Record: standing.Companion(r.ID), EffectiveOn: on, Until: until,
	}
	r.Until = until
	l.tell(r, l.lateness(&c.folk), companion)
	course.at++
	c.await(course)
}

func (c *young) logged(l *life, on calendar.Day, activity string) Record {
	r := c.record(l, on, nil)
	r.Event = standing.Logged{Subject: c.id, Kind: standing.Child, Activity: activity, Record: r.ID, OccurredOn: on}
	r.Born = c.born
	return r
}

func (c *young) logs(l *life, on calendar.Day, activity string) {
	l.tell(c.logged(l, on, activity), l.lateness(&c.folk))
}

// nextGuidance draws the next guidance of the family from a year on, while the child is under 3.
func (c *young) nextGuidance(l *life, year calendar.Month) calendar.Day {
	for ; ; year++ {
		first := calendar.MonthOf(int(year), 1).First()
		from, to := max(first, c.born+30), min(first+364, c.birthday(3)-1)
		switch {
		case first >= c.birthday(3):
			return 0
		case from < to && c.chance(l.shares["guidance"][l.at(calendar.MonthOf(int(year), 12).Last())]):
			return from + calendar.Day(c.below(int(to-from)))
		}
	}
}
