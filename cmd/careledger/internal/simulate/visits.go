package simulate

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/standing"
)

// How visits go, where a file of figures has nothing to say.
const (
	shareHospitalised = 0.004 // of those due in a month
	shareAttempted    = 0.30  // of those not seen: somebody went, and in vain
	shareSeenAgain    = 0.08  // of those seen
	shareInventedOf   = 0.3   // of the wrong records: the visit never was
	shareWasPoor      = 0.1   // of those in difficulty
	assessmentYears   = 2
	longestLate       = 45 // days until a late record is there
)

// needs records the circumstances, from the day on which they are held.
func (p *aged) needs(l *life) {
	p.needy = true
	on := max(p.onset, p.registers)
	l.tell(p.record(l, on, elder.CircumstancesRecorded{Elder: p.id, Circumstances: p.circumstances(on), EffectiveOn: on}), 0)
	if p.chance(shareWasPoor) {
		p.wasPoor(l, on)
	}
	p.contact = l.today.Month().First() + calendar.Day(p.below(26))
	if p.contact < l.today {
		p.contact = l.today + calendar.Day(p.below(max(1, int(l.today.Month().Last()-l.today))))
	}
	p.assessed = l.today + calendar.Day(p.below(assessmentYears*365))
}

// wasPoor records an extremely poor person who for some is one no more after a year or two.
func (p *aged) wasPoor(l *life, on calendar.Day) {
	poor := p.holds(l, on, "poor")
	ends := l.today + 400 + calendar.Day(p.below(500))
	if ends >= p.dies || !p.chance(0.2) {
		return
	}
	r := p.record(l, ends, nil)
	r.Event = standing.Ended{Subject: p.id, Kind: standing.Elder, Standing: "poor", Record: r.ID, Ends: poor.ID, EndedOn: ends}
	l.tell(r, int(ends-l.today))
}

// circumstances are one to three, in the plan's order.
func (p *aged) circumstances(on calendar.Day) []elder.Circumstance {
	all := elder.Circumstances()
	held := map[elder.Circumstance]bool{all[p.below(len(all)-2)]: true}
	if p.birthday(80) <= on {
		held[elder.VeryOld] = true
	}
	if p.chance(0.25) {
		held[all[p.below(len(all))]] = true
	}
	return slices.DeleteFunc(all, func(c elder.Circumstance) bool { return !held[c] })
}

// assess records the level of ability; the older, the worse.
func (p *aged) assess(l *life) {
	on := p.assessed
	worse := float64(on-p.born)/yearDays - 70 + 12*p.normal()
	level := min(5, max(1, 1+int(worse/7)))
	p.holds(l, on, "ability_"+string(rune('0'+level)))
	p.assessed = on + assessmentYears*365 + calendar.Day(p.below(200))
}

// visitRate is which share of those in difficulty is seen in a month in a township.
func (l *life) visitRate(town int16, on calendar.Day) float64 {
	month := on.Month()
	rate := l.shares["visits"][l.at(on)] + l.towns[town].visits + l.Figures.Seasons[month.String()[5:]]
	for _, festival := range l.Figures.SpringFestivals {
		if festival.Month() == month {
			rate += l.Figures.Seasons["spring_festival"]
		}
	}
	return min(max(rate, 0.03), 0.985)
}

// visit is a month's contact, if there is one.
func (p *aged) visit(l *life) {
	on := l.today
	mode := []elder.Mode{elder.AtHome, elder.AtHome, elder.AtHome, elder.ByTelephone, elder.ByVideo}[p.below(5)]
	switch {
	case p.chance(shareHospitalised):
		p.logVisit(l, on, elder.ByTelephone, elder.Hospitalised)
	case p.chance(l.visitRate(p.town, on)):
		p.logVisit(l, on, mode, elder.Seen)
		if p.chance(shareSeenAgain) {
			p.logVisit(l, on, elder.ByTelephone, elder.Seen)
		}
	case p.chance(l.towns[p.town].wrong * shareInventedOf):
		visit, late := p.told(l, on, mode, elder.Seen)
		l.tell(p.record(l, on, elder.HomeVisitEnteredInError{Elder: p.id, Visit: visit, WasOn: on}), late+1+p.below(20))
	case p.chance(shareAttempted):
		p.logVisit(l, on, mode, []elder.Outcome{elder.Absent, elder.Absent, elder.Declined}[p.below(3)])
	}
}

// logVisit logs a visit: rightly, or wrongly and corrected some days later.
func (p *aged) logVisit(l *life, on calendar.Day, mode elder.Mode, outcome elder.Outcome) {
	if !p.chance(l.towns[p.town].wrong) {
		p.told(l, on, mode, outcome)
		return
	}
	wrong := elder.Absent
	if outcome == elder.Absent {
		wrong = elder.Seen
	}
	visit, late := p.told(l, on, mode, wrong)
	l.tell(p.record(l, on, elder.HomeVisitCorrected{
		Elder: p.id, Visit: visit, WasOn: on, OccurredOn: on, Mode: mode, Outcome: outcome,
	}), late+1+p.below(12))
}

func (p *aged) told(l *life, on calendar.Day, mode elder.Mode, outcome elder.Outcome) (visit uuid.UUID, late int) {
	r := p.record(l, on, nil)
	r.Event = elder.HomeVisitLogged{Elder: p.id, Visit: r.ID, OccurredOn: on, Mode: mode, Outcome: outcome}
	late = l.lateness(&p.folk)
	l.tell(r, late)
	return r.ID, late
}

// lateness is how many days after it happened a record comes: mostly none, at times so many that the month is over.
func (l *life) lateness(f *folk) int {
	late := l.towns[f.town].late
	switch at := f.unit() / late; {
	case at >= 1:
		return 0
	case at >= 0.3:
		return 1 + f.below(3)
	case at >= 0.05:
		return 4 + f.below(11)
	}
	return 15 + f.below(longestLate-15)
}
