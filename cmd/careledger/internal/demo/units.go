package demo

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// What the plan's text does not say is invented, near what its table gives for 2020.
const (
	communities     = 250
	homeServices    = 160 // 64 %
	dayCare         = 175 // 70 %
	withChildcare   = 10
	elderFriendly   = 10
	estates         = 40
	elderSchools    = 159 // the plan's text
	schoolTownships = 46  // 44.2 % of 104
	generalHospital = 19
	geriatrics      = 5
	socialWorkers   = 293 // 0.6 per 1,000 of 60 and over
	childcareStaff  = 340
	safeNurseries   = 28 // 41.2 % of 68
	lapsedNurseries = 6
)

// units are communities, estates, schools, hospitals and staff, with what is known of them.
func (m *maker) units() []Group {
	var groups []Group
	for _, part := range []func() []Group{m.communities, m.estates, m.schools, m.hospitals, m.staff} {
		groups = append(groups, part()...)
	}
	return groups
}

// known is a unit whose commands are being made.
type known struct {
	noun  string
	id    uuid.UUID
	key   string
	group Group
}

func unit(kind string, n int, area, name string, on time.Time) *known {
	u := &known{noun: "unit", id: ID(kind, n), key: fmt.Sprintf("%s/%d", kind, n)}
	u.group = Group{order("register-unit", nil, u.key, map[string]any{"id": u.id, "kind": kind, "area": area, "name": name, "registered_on": text(on)})}
	return u
}

// holds records a standing from a day on; until is zero where it has no end.
func (k *known) holds(standing string, on, until time.Time) {
	body := map[string]any{"standing": standing, "effective_on": text(on)}
	if !until.IsZero() {
		body["until"] = text(until)
	}
	k.add("record-"+k.noun+"-standing", standing, body)
}

func (k *known) did(activity string, on time.Time) {
	k.add("log-"+k.noun+"-activity", activity+"/"+text(on), map[string]any{"activity": activity, "occurred_on": text(on)})
}

func (k *known) add(command, what string, body map[string]any) {
	k.group = append(k.group, order(command, map[string]string{k.noun: k.id.String()}, k.key+"/"+what, body))
}

func (m *maker) communities() []Group {
	groups := make([]Group, communities)
	for i := range groups {
		c := unit("community", i, m.townshipOf(i), "示例社区"+numeral(i+1), day(2018, time.May, 1))
		opened := day(2019, time.March, 1).AddDate(0, 0, 5*i)
		for _, s := range []struct {
			standing string
			many     int
			place    int // which of the communities come first
		}{{"home_service", homeServices, i}, {"day_care", dayCare, (i*3 + 70) % communities}, {"childcare", withChildcare, (i*7 + 11) % communities}, {"elder_friendly", elderFriendly, (i*11 + 5) % communities}} {
			if s.place < s.many {
				c.holds(s.standing, opened, time.Time{})
			}
		}
		for year := 2021; year <= 2022; year++ { // the plan: 100 %
			c.did("respect_month", day(year, time.October, 2+i%28))
		}
		groups[i] = c.group
	}
	return groups
}

func (m *maker) estates() []Group {
	groups := make([]Group, estates)
	for i := range groups {
		on := day(2019, time.June, 1).AddDate(0, 0, 30*i)
		e := unit("estate", i, m.townshipOf(i*5), "示例新建小区"+numeral(i+1), on)
		e.holds("compliant", on, time.Time{})
		groups[i] = e.group
	}
	return groups
}

func (m *maker) schools() []Group {
	var townships []string
	for _, county := range m.counties {
		for _, t := range m.areas.Children(county.Code) {
			townships = append(townships, t.Code)
		}
	}
	groups := make([]Group, elderSchools)
	for i := range groups {
		town := townships[(i%schoolTownships)*9%len(townships)]
		groups[i] = unit("elder_school", i, town, "示例老年学校"+numeral(i+1), day(2018, time.September, 1).AddDate(0, 0, 6*i)).group
	}
	return groups
}

func (m *maker) hospitals() []Group {
	tcm := unit("hospital", 0, m.counties[0].Code, "示例州中医医院", day(2015, time.January, 1))
	tcm.holds("tcm_tertiary", day(2015, time.January, 1), time.Time{})
	tcm.holds("rehabilitation", day(2016, time.May, 1), time.Time{})
	groups := []Group{tcm.group}
	for i := range generalHospital {
		h := unit("hospital", i+1, m.counties[i%len(m.counties)].Code, "示例综合医院"+numeral(i+1), day(2015, time.January, 1))
		h.holds("general_secondary", day(2015, time.January, 1), time.Time{})
		if i < geriatrics {
			h.holds("geriatrics", day(2019, time.July, 1).AddDate(0, 9*i, 0), time.Time{})
		}
		if i < 3 {
			h.holds("integrated_care", day(2021, time.June, 1).AddDate(0, 5*i, 0), time.Time{})
		}
		groups = append(groups, h.group)
	}
	return groups
}

func (m *maker) staff() []Group {
	groups := make([]Group, 0, socialWorkers+childcareStaff)
	for i := range socialWorkers {
		on := day(2018, time.January, 8).AddDate(0, 0, 6*i)
		s := unit("staff", i, m.townshipOf(i), name(i+3), on)
		s.holds("social_worker", on, time.Time{})
		groups = append(groups, s.group)
	}
	for i := range childcareStaff { // the plan: 100 % with a certificate
		on := day(2021, time.March, 1).AddDate(0, 0, i)
		s := unit("staff", socialWorkers+i, m.townshipOf(i+3), name(i+9), on)
		s.holds("childcare_worker", on, time.Time{})
		s.holds("certificate", on.AddDate(0, -2, 0), on.AddDate(5, -2, -1))
		groups = append(groups, s.group)
	}
	return groups
}

// safety is the fire safety of a childcare institution, valid or lapsed, and its designation.
func safety(i int, id uuid.UUID, registered time.Time) Group {
	k := &known{noun: "childcare", id: id, key: fmt.Sprintf("childcare/%d", i)}
	switch {
	case i < safeNurseries:
		k.holds("fire_safety", registered.AddDate(0, 2, 0), registered.AddDate(3, 2, -1))
	case i < safeNurseries+lapsedNurseries:
		k.holds("fire_safety", registered.AddDate(0, 2, 0), day(2022, time.September, 5+i))
	}
	if i < 2 {
		k.holds("demonstration", day(2022, time.June, 1).AddDate(0, 2*i, 0), time.Time{})
	}
	return k.group
}
