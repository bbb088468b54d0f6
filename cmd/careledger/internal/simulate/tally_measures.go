package simulate

import (
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/standing"
)

// measure answers a measure by township, or on the whole where it is a reported figure; ok is false where it is not known.
func (t *tally) measure(name string) (towns []int, whole float64, ok bool) {
	if f, reported := t.figures[name]; reported {
		return nil, f.Value, true
	}
	if sums, counted := t.sums[name]; counted {
		return sums, total(sums), true
	}
	if inner, any := strings.CutPrefix(name, "any("); any {
		towns, _, ok := t.measure(strings.TrimSuffix(inner, ")"))
		towns = slices.Clone(towns)
		for i := range towns {
			towns[i] = min(towns[i], 1)
		}
		return towns, total(towns), ok
	}
	if name == "townships" {
		return nil, float64(len(t.towns)), true
	}
	towns, ok = t.people(name)
	return towns, total(towns), ok
}

func total(towns []int) float64 {
	sum := 0
	for _, n := range towns {
		sum += n
	}
	return float64(sum)
}

// people counts subjects: kind, kind:standing+standing, kind#activity, *:standing, visited, in_difficulty.
func (t *tally) people(name string) (towns []int, ok bool) {
	kind, words, _ := strings.Cut(name, ":")
	kind, activity, happened := strings.Cut(kind, "#")
	counts := func(s *subject) bool { return t.onRegister(s) && t.all(s, words) }
	switch {
	case name == "in_difficulty" || name == "visited":
		kind = string(standing.Elder)
		counts = func(s *subject) bool {
			return t.onRegister(s) && s.needy && !s.gone && (name == "in_difficulty" || s.seen)
		}
	case happened:
		counts = func(s *subject) bool {
			for _, h := range s.happened {
				if h.word == activity {
					return h.times > 0
				}
			}
			return false
		}
	}
	towns = make([]int, len(t.world.towns))
	for k, subjects := range t.subjects {
		if kind != "*" && string(k) != kind {
			continue
		}
		ok = true
		for _, s := range subjects {
			if counts(s) {
				towns[s.town]++
			}
		}
	}
	return towns, ok
}

func (t *tally) onRegister(s *subject) bool { return s.since != 0 && !s.ended }

// all reports whether all standings of a list hold; none do of an empty one.
func (t *tally) all(s *subject, words string) bool {
	if words == "" {
		return true
	}
	for word := range strings.SplitSeq(words, "+") {
		if word == "registered" {
			continue
		}
		found := false
		for _, h := range s.held {
			found = found || h.word == word && h.holds && (h.until == 0 || h.until >= t.day)
		}
		if !found {
			return false
		}
	}
	return true
}
