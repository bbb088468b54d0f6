package demo

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// stays makes the 1,376 residents, some of whom were transferred, and people who have left again.
func (m *maker) stays(houses []*house, people []elder) (admissions, moves []Group) {
	next := 0
	person := func() elder { // every seventh
		next++
		return people[(next*7)%len(people)]
	}
	poorest := 0 // of those who stay
	admit := func(n int, e elder, into *house, on time.Time, circumstance ...Command) {
		admissions = append(admissions, append(Group{order("admit-elder", map[string]string{"elder": e.id.String()}, fmt.Sprintf("stay/%d", n), map[string]any{
			"id": ID("stay", n), "institution": into.id, "admitted_on": text(on),
		})}, circumstance...))
	}
	n := 0
	for h, into := range houses {
		for i := range into.held {
			e, on := person(), m.between(day(2021, time.November, 1), day(2022, time.October, 20))
			if i == 0 && h%4 == 0 { // came from the next house, where there is room
				from := houses[(h+1)%len(houses)]
				if from.held < from.room {
					admit(n, e, from, on)
					moves = append(moves, Group{order("transfer-elder", map[string]string{"elder": e.id.String(), "stay": ID("stay", n).String()},
						fmt.Sprintf("stay/%d/transfer", n), map[string]any{"institution": into.id, "transferred_on": text(on.AddDate(0, 0, 20))})})
					n++
					continue
				}
			}
			admit(n, e, into, on, poor(poorest, fmt.Sprintf("stay/%d", n), e, on)...)
			poorest++
			n++
		}
		if into.held+1 < into.room && h%2 == 0 {
			e, on := person(), m.between(day(2021, time.February, 1), day(2021, time.December, 1))
			admit(n, e, into, on)
			moves = append(moves, Group{order("discharge-elder", map[string]string{"elder": e.id.String(), "stay": ID("stay", n).String()},
				fmt.Sprintf("stay/%d/discharge", n), map[string]any{"discharged_on": text(on.AddDate(0, 5, 0)), "reason": []string{"home", "hospital", "other"}[h%3]})})
			n++
		}
	}
	return admissions, moves
}

// children makes the 2,056 enrolled children, and some who have left again.
func (m *maker) children(nurseries []*house) (registrations, enrolments, withdrawals []Group) {
	n, cared := 0, rand.New(rand.NewPCG(2022, 12))
	take := func(into *house, leaves bool) {
		id := ID("child", n)
		born := m.between(day(2020, time.January, 5), day(2022, time.April, 20))
		if leaves {
			born = m.between(day(2020, time.January, 5), day(2020, time.December, 20))
		}
		on := m.between(latest(latest(born.AddDate(0, 6, 3), day(2022, time.January, 10)), into.from), day(2022, time.November, 20))
		if leaves {
			on = m.between(day(2021, time.November, 1), day(2022, time.February, 20))
		}
		key := fmt.Sprintf("child/%d", n)
		registrations = append(registrations, append(Group{order("register-child", nil, key, map[string]any{
			"id": id, "area": into.area, "registered_on": text(on.AddDate(0, 0, -1)), "sex": []string{"male", "female"}[n%2], "name": name(n) + "儿",
			"born_on": text(born), "guardian": map[string]string{"name": name(n + 5), "phone": fmt.Sprintf("1990000%04d", n)},
		})}, health(cared, key, id, born, !born.Before(day(2021, time.October, 1)) && n%17 != 16)...))
		enrolments = append(enrolments, Group{order("enrol-child", map[string]string{"child": id.String()}, key+"/enrolment", map[string]any{
			"id": ID("enrolment", n), "childcare": into.id, "class": class(born, on), "enrolled_on": text(on),
		})})
		if leaves {
			withdrawals = append(withdrawals, Group{order("withdraw-child", map[string]string{"child": id.String(), "enrolment": ID("enrolment", n).String()},
				key+"/withdrawal", map[string]any{"withdrawn_on": text(on.AddDate(0, 4, 0)), "reason": "moved"})})
		}
		n++
	}
	for i, into := range nurseries {
		for range into.held {
			take(into, false)
		}
		if into.held < into.room && i%2 == 0 && into.from.Before(day(2021, time.November, 1)) {
			take(into, true)
		}
	}
	return registrations, enrolments, withdrawals
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func class(born, on time.Time) string {
	switch months := (on.Year()-born.Year())*12 + int(on.Month()-born.Month()); {
	case months < 12:
		return "infant"
	case months < 24:
		return "toddler"
	}
	return "junior"
}
