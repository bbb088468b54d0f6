package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// Extremely poor people: the first of the residents, all of whom wish to live where they are, and some disabled people
// who do not live in an institution.
const (
	willingPoor  = 400
	disabledPoor = 100 // of those
	disabledHome = 200 // 100 of 300: 33.3 %
	newborns     = 60
)

// poor says of the n-th resident whether they are extremely poor, from the day of the admission on.
func poor(n int, key string, e elder, admitted time.Time) Group {
	k := &known{noun: "elder", id: e.id, key: key}
	if n < willingPoor {
		k.holds("poor", admitted, time.Time{})
		k.holds("poor_willing", admitted, time.Time{})
	}
	if n < disabledPoor {
		k.holds("poor_disabled", admitted, time.Time{})
	}
	return k.group
}

// poorAtHome are people of whom nobody is ever admitted.
func poorAtHome(people []elder) []Group {
	groups := make([]Group, disabledHome)
	for i := range groups {
		k := &known{noun: "elder", id: people[7*i+3].id, key: fmt.Sprintf("poor/%d", i)}
		k.holds("poor", day(2021, time.November, 1).AddDate(0, 0, i%60), time.Time{})
		k.holds("poor_disabled", day(2021, time.November, 1).AddDate(0, 0, i%60), time.Time{})
		groups[i] = k.group
	}
	return groups
}

// health is what the health commission did for a child: a visit to the newborn, where visited, and two checks and doses; for
// some the next one is overdue.
func health(r *rand.Rand, key string, id uuid.UUID, born time.Time, visited bool) Group {
	k := &known{noun: "child", id: id, key: key}
	if visited {
		days := 3 + r.IntN(20)
		k.add("log-newborn-visit", "newborn", map[string]any{"occurred_on": text(born.AddDate(0, 0, days)), "days_since_birth": days})
	}
	for _, w := range []struct {
		command string
		inTime  int // of 100
	}{{"log-child-check", 93}, {"log-child-immunisation", 97}} {
		first := born.AddDate(0, 0, 2)
		last := latest(first.AddDate(0, 1, 0), day(2022, time.August, 1).AddDate(0, 0, r.IntN(90)))
		next := last.AddDate(0, 6, 0)
		if overdue := r.IntN(100) >= w.inTime; overdue && born.Before(day(2022, time.July, 1)) {
			last, next = day(2022, time.August, 1), day(2022, time.October, 10)
		}
		k.add(w.command, w.command+"/1", map[string]any{"occurred_on": text(first), "next_due_on": text(last)})
		if last.Before(day(2022, time.December, 1)) {
			k.add(w.command, w.command+"/2", map[string]any{"occurred_on": text(last), "next_due_on": text(next)})
		}
	}
	return k.group
}

// babies are born in October and November 2022, too young for childcare.
func (m *maker) babies() []Group {
	r := rand.New(rand.NewPCG(2022, 13))
	groups := make([]Group, newborns)
	for i := range groups {
		id, key, born := ID("baby", i), fmt.Sprintf("baby/%d", i), day(2022, time.October, 1).AddDate(0, 0, i%35) // whoever is visited is so by the end of November
		groups[i] = append(Group{order("register-child", nil, key, map[string]any{
			"id": id, "area": m.townshipOf(i), "registered_on": text(born.AddDate(0, 0, 3)), "sex": []string{"male", "female"}[i%2], "name": name(i) + "宝",
			"born_on": text(born), "guardian": map[string]string{"name": name(i + 7), "phone": fmt.Sprintf("1990001%04d", i)},
		})}, health(r, key, id, born, i%17 != 16)...)
	}
	return groups
}
