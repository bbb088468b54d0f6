package simulate

import (
	"math"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
)

// A year's length in days, and the age from which somebody is on the register.
const (
	yearDays = 365.2425
	oldAge   = 60
)

// aged is a person of 60 or more who lives at home. A day of 0 does not come.
type aged struct {
	folk
	registers calendar.Day // when the records begin
	dies      calendar.Day
	moves     calendar.Day
	onset     calendar.Day // from when on a circumstance is held
	checks    calendar.Day // the next health check that takes place
	contact   calendar.Day // the next day on which a visit may be made
	assessed  calendar.Day // the next assessment of ability
	female    bool
	known     bool // is on the register
	needy     bool // the circumstances are recorded
}

// brings is the day on which a township brings in what is older than the opening.
func (l *life) brings(town int16) calendar.Day { return l.first + calendar.Day(l.towns[town].behind) }

// agedOf makes a person who is of an age on a day, and lives on then.
func (l *life) agedOf(d dice, age float64, on calendar.Day) *aged {
	p := &aged{folk: newFolk(d)}
	p.town = anyTown(l.towns, &p.dice)
	p.born = on - calendar.Day(age*yearDays)
	p.female = p.chance(0.5 + 0.003*(age-oldAge))
	p.dies = on + 1 + calendar.Day(l.yearsLeft(&p.dice, age)*yearDays)
	if until := p.unit() / 0.008 * yearDays; until < float64(p.dies-on) { // 0.8 % move in a year
		p.moves = min(on+30+calendar.Day(until), p.dies-1)
	}
	if p.onset = l.onset(p, on); p.onset >= p.dies {
		p.onset = 0
	}
	return p
}

// yearsLeft draws a life's rest: the share that dies within a year doubles again and again.
func (l *life) yearsLeft(d *dice, age float64) float64 {
	slope := math.Ln2 / l.Figures.Deaths.Doubles
	now := l.Figures.Deaths.At60 * math.Exp(slope*(age-oldAge))
	return math.Log(1-slope*math.Log(1-d.unit())/now) / slope
}

// onset draws the age at which somebody gets into special difficulty; 0: never.
func (l *life) onset(p *aged, on calendar.Day) calendar.Day {
	rank, ages := p.unit(), l.Figures.Difficulty
	for i, a := range ages {
		if rank >= a.Share {
			continue
		}
		age := a.Age
		if i > 0 {
			age -= (a.Age - ages[i-1].Age) * (a.Share - rank) / (a.Share - ages[i-1].Share)
		}
		return max(p.born+calendar.Day(age*yearDays), 1)
	}
	return 0
}

// elders are those who are old when the records begin, and who turn 60 afterwards.
func (l *life) elders() {
	for n := range l.counts["elders"][0] - l.counts["residents"][0] - l.counts["poor_disabled"][0] + l.counts["poor_disabled_staying"][0] {
		d := l.dice(sortElder, uint64(n))
		p := l.agedOf(d, l.age(&d), l.first)
		p.registers = max(p.birthday(oldAge)+calendar.Day(p.below(40)), calendar.Date(2019, 1, 1)+calendar.Day(p.below(500)))
		if p.dies > p.registers {
			l.expect(p, nameOf(p.id), max(p.registers, l.brings(p.town)))
		}
	}
	arrivals := l.arrivals("turning_60", l.Figures.Opening, l.horizon)
	l.expect(monthly(func(l *life, month calendar.Month) {
		for n := range arrivals[month-l.Figures.Opening] {
			d := l.dice(sortNewElder, uint64(month)<<32|uint64(n))
			turns := month.First() + calendar.Day(d.below(28))
			p := l.agedOf(d, oldAge+0.5/yearDays, turns)
			p.registers = turns + 1 + calendar.Day(p.below(45))
			if p.dies > p.registers {
				l.expect(p, nameOf(p.id), p.registers)
			}
		}
	}), 1, l.first)
}

// age draws from the ages of those who are old.
func (l *life) age(d *dice) float64 {
	at := d.unit()
	for _, band := range l.Figures.Ages {
		if at < band.Share {
			return band.From + at/band.Share*(band.To-band.From)
		}
		at -= band.Share
	}
	return oldAge + 5
}

func (f *folk) birthday(age int) calendar.Day {
	y, m, d := f.born.Time().Date()
	return calendar.Date(y+age, m, d)
}

// monthly acts at the beginning of each month.
type monthly func(l *life, month calendar.Month)

func (m monthly) act(l *life) calendar.Day {
	m(l, l.today.Month())
	return (l.today.Month() + 1).First()
}

// record is a record of the person.
func (p *aged) record(l *life, on calendar.Day, e event.Event) Record {
	return Record{ID: p.next(), Category: "elder", Subject: p.id, Area: l.towns[p.town].code, On: on, Event: e}
}

func (p *aged) act(l *life) calendar.Day {
	if !p.known {
		p.register(l)
	}
	if p.moves != 0 && p.moves <= l.today {
		p.move(l)
	}
	if p.onset != 0 && !p.needy && p.onset <= l.today {
		p.needs(l)
	}
	p.check(l)
	if p.assessed != 0 && p.assessed <= l.today {
		p.assess(l)
	}
	if p.dies <= l.today {
		p.die(l)
		return 0
	}
	if p.contact != 0 && p.contact <= l.today {
		p.visit(l)
		p.contact = (l.today.Month() + 1).First() + calendar.Day(p.below(26))
	}
	return soonest(p.dies, p.moves, p.checks, p.contact, p.assessed, p.beginning())
}

func (p *aged) beginning() calendar.Day {
	if p.needy {
		return 0
	}
	return p.onset
}

// soonest is the first of the days that come.
func soonest(days ...calendar.Day) calendar.Day {
	first := calendar.Day(0)
	for _, d := range days {
		if d != 0 && (first == 0 || d < first) {
			first = d
		}
	}
	return first
}

func (p *aged) register(l *life) {
	p.known = true
	sex := elder.Male
	if p.female {
		sex = elder.Female
	}
	r := p.record(l, p.registers, elder.Registered{
		Elder: p.id, Area: l.towns[p.town].code, RegisteredOn: p.registers, Sex: sex, BirthMonth: p.born.Month(),
	})
	r.Born, r.Number = p.born, int32(p.below(1<<30))
	l.tell(r, 0)
	p.checks = p.nextCheck(l, p.checkYear(l))
}

// checkYear is the first year whose health checks count.
func (p *aged) checkYear(l *life) calendar.Month {
	return max(l.first.Month()/12, p.registers.Month()/12, p.birthday(65).Month()/12)
}

// nextCheck draws the next health check from a year on: those of 65 and more are asked every year, and not all come.
func (p *aged) nextCheck(l *life, year calendar.Month) calendar.Day {
	for ; ; year++ {
		first := calendar.MonthOf(int(year), 1).First()
		if first > p.dies {
			return 0
		}
		on := max(first+calendar.Day(20+p.below(330)), p.birthday(65))
		if on.Month()/12 == year && on < p.dies && p.chance(l.shares["health_checks"][l.at(calendar.MonthOf(int(year), 12).Last())]) {
			return on
		}
	}
}

// check is the health check that is due.
func (p *aged) check(l *life) {
	if p.checks != 0 && p.checks <= l.today {
		r := p.logs(l, p.checks, "health_check")
		if p.chance(l.towns[p.town].wrong * shareInventedOf) { // logged twice, and one taken back
			twice := p.logs(l, r.On, "health_check")
			wrong := p.record(l, r.On, nil)
			wrong.Event = standing.EnteredInError{Subject: p.id, Kind: standing.Elder, Record: twice.ID, WasOn: r.On}
			l.tell(wrong, longestLate+p.below(20))
		}
		p.checks = p.nextCheck(l, p.checks.Month()/12+1)
	}
}

func (p *aged) logs(l *life, on calendar.Day, activity string) Record {
	r := p.record(l, on, nil)
	r.Event = standing.Logged{Subject: p.id, Kind: standing.Elder, Activity: activity, Record: r.ID, OccurredOn: on}
	l.tell(r, l.lateness(&p.folk))
	return r
}

// holds records a standing of the person.
func (p *aged) holds(l *life, on calendar.Day, word string) Record {
	r := p.record(l, on, nil)
	r.Event = standing.Recorded{Subject: p.id, Kind: standing.Elder, Standing: word, Record: r.ID, EffectiveOn: on}
	l.tell(r, 0)
	return r
}

func (p *aged) move(l *life) {
	from := l.towns[p.town].code
	on := p.moves
	p.town, p.moves = anyTown(l.towns, &p.dice), 0
	to := l.towns[p.town].code
	if to == from || on < p.registers || on >= p.dies {
		return
	}
	l.tell(p.record(l, on, elder.MovedHome{Elder: p.id, FromArea: from, Area: to, MovedOn: on}), 0)
}

// die records the death, some days or weeks late.
func (p *aged) die(l *life) {
	if p.needy && p.chance(0.3) {
		p.told(l, p.dies, elder.ByTelephone, elder.Deceased)
	}
	l.tell(p.record(l, p.dies, elder.Died{Elder: p.id, DiedOn: p.dies}), p.below(40))
}
