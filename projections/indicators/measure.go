package indicators

import (
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/standing"
)

// Measure is a measure word that was read. What a definition counts is written as
//
//	visited                      one of the words that have a query of their own (Counts)
//	kind                         subjects of a kind that are on the register on the last day
//	kind:standing[+standing…]    those of them of which all the standings hold too
//	*:standing[+standing…]       the same over all kinds
//	kind#activity                subjects of the kind with at least one such activity in the period so far
//	any(measure)                 the townships in which the measure is above 0
//	townships                    the townships of the area
//	population                   any other word: the series of a reported figure
type Measure struct {
	Word      string
	Kind      standing.Kind // empty: not of subjects; AllKinds: of any
	Standings []string
	Activity  string
	Any       bool // counts townships; Word is what is counted in them
}

// AllKinds stands for a kind where all of them count.
const AllKinds standing.Kind = "*"

// TownshipCount is the measure that counts areas.
const TownshipCount = "townships"

// The refusals of a measure. Each names the part at fault.
const (
	codeNoMeasure  = "measure-unreadable"
	codeNoKind     = "measure-unknown-kind"
	codeNoStanding = "measure-unknown-standing"
	codeNoActivity = "measure-unknown-activity"
)

func bad(code, part, zh, en string) *fault.Error {
	return fault.New(fault.Invalid, code, "计数项中的“"+part+"”："+zh, "\""+part+"\": "+en)
}

// ParseMeasure reads a measure word. Any word of small letters, digits and _ that is nothing else is the series of a
// reported figure; whether a plan knows that series is not asked here.
func ParseMeasure(text string) (Measure, error) {
	if inner, is := strings.CutPrefix(text, "any("); is {
		word, closed := strings.CutSuffix(inner, ")")
		m, err := ParseMeasure(word)
		switch {
		case !closed:
			return Measure{}, bad(codeNoMeasure, text, "缺少右括号，请写成 any(计数项)。", "the closing bracket is missing: write any(measure).")
		case err != nil:
			return Measure{}, err
		case m.Any || m.Word == TownshipCount:
			return Measure{}, bad(codeNoMeasure, word, "any( ) 里只能写一个按对象或业务计数的项。", "any( ) takes a measure of subjects or services.")
		}
		m.Any = true
		return m, nil
	}
	if kind, activity, is := strings.Cut(text, "#"); is {
		return parseActivity(text, kind, activity)
	}
	if kind, standings, is := strings.Cut(text, ":"); is {
		return parseStandings(text, kind, standings)
	}
	if !isWord(text) {
		return Measure{}, bad(codeNoMeasure, text, "只能由小写字母、数字和下划线组成，另可用 : + # any( )。", "only small letters, digits and _ are taken, beside : + # any( ).")
	}
	m := Measure{Word: text}
	if slices.Contains(standing.Kinds(), standing.Kind(text)) {
		m.Kind = standing.Kind(text)
	}
	return m, nil
}

func parseActivity(text, kind, activity string) (Measure, error) {
	if err := knownKind(kind); err != nil {
		return Measure{}, err
	}
	words := standing.WordsOf(standing.Kind(kind))
	if known := slices.Concat(words.Activities, words.Happened); !slices.Contains(known, activity) {
		return Measure{}, bad(codeNoActivity, activity, kind+" 没有这种活动；可用："+listed(known)+"。", "it is no activity of "+kind+"; there are: "+listed(known)+".")
	}
	return Measure{Word: text, Kind: standing.Kind(kind), Activity: activity}, nil
}

func parseStandings(text, kind, standings string) (Measure, error) {
	m := Measure{Word: text, Kind: standing.Kind(kind), Standings: strings.Split(standings, "+")}
	kinds := []standing.Kind{m.Kind}
	if m.Kind == AllKinds {
		kinds = standing.Kinds()
	} else if err := knownKind(kind); err != nil {
		return Measure{}, err
	}
	for i, s := range m.Standings {
		var known []string
		for _, k := range kinds {
			known = append(known, standingsOf(k)...)
		}
		if !slices.Contains(known, s) {
			return Measure{}, bad(codeNoStanding, s, kind+" 没有这种资质或状态；可用："+listed(known)+"。", "it is no standing of "+kind+"; there are: "+listed(known)+".")
		}
		if slices.Contains(m.Standings[:i], s) {
			return Measure{}, bad(codeNoMeasure, s, "写了两次，请只写一次。", "it stands twice; write it once.")
		}
	}
	if len(m.kinds()) == 0 {
		return Measure{}, bad(codeNoMeasure, standings, "没有一类对象同时具备这些资质或状态。", "no kind has all of these.")
	}
	return m, nil
}

func knownKind(kind string) error {
	if slices.Contains(standing.Kinds(), standing.Kind(kind)) {
		return nil
	}
	var kinds []string
	for _, k := range standing.Kinds() {
		kinds = append(kinds, string(k))
	}
	return bad(codeNoKind, kind, "没有这类对象；可用："+listed(kinds)+"。", "is no kind of subject; there are: "+listed(kinds)+".")
}

// standingsOf lists the standings of a kind that can be asked for beside the registration.
func standingsOf(k standing.Kind) []string {
	words := standing.WordsOf(k)
	return slices.DeleteFunc(slices.Concat(words.Standings, words.Derived), func(s string) bool { return s == standing.Registered })
}

// kinds lists the kinds of which a measure counts subjects.
func (m Measure) kinds() []standing.Kind {
	if m.Kind != AllKinds {
		return []standing.Kind{m.Kind}
	}
	return slices.DeleteFunc(standing.Kinds(), func(k standing.Kind) bool {
		return slices.ContainsFunc(m.Standings, func(s string) bool { return !slices.Contains(standingsOf(k), s) })
	})
}

// groups lists the groups that count a measure; none counts the townships, which the table of areas knows.
func (m Measure) groups() []Group {
	switch {
	case m.Activity != "":
		return []Group{ActivitiesOf(m.Kind)}
	case m.Kind != "":
		var groups []Group
		for _, k := range m.kinds() {
			groups = append(groups, StandingsOf(k))
		}
		return groups
	case m.Word == TownshipCount:
		return nil
	}
	return []Group{GroupOf(m.Word)}
}

// measureOf reads a word of a plan that was checked. One that cannot be read is a series that nobody reports.
func measureOf(word string) Measure {
	m, err := ParseMeasure(word)
	if err != nil {
		return Measure{Word: word}
	}
	return m
}

// measuresOf are the measures of a definition.
func measuresOf(d plan.Definition) []Measure {
	var measures []Measure
	for _, word := range []string{d.Numerator, d.Minus, d.Denominator} {
		if word != "" {
			measures = append(measures, measureOf(word))
		}
	}
	return measures
}

// Asked is a measure of subjects as a query takes it. Label is what the answer calls it: the word, and behind a space the
// type of a period that is no month. Words are its standings with + between them, or its activity; Period is that over
// which an activity counts.
type Asked struct {
	Label  string
	Kind   standing.Kind
	Words  string
	Period calendar.PeriodType
}

// label is what an answer calls a measure of a definition.
func (m Measure) label(d plan.Definition) string {
	if m.Activity != "" && d.PeriodType() != calendar.Monthly {
		return m.Word + " " + d.Period
	}
	return m.Word
}

// asked is what a query is asked for a measure of a definition: of each kind, where all of them count.
func (m Measure) asked(d plan.Definition) []Asked {
	if m.Kind == "" {
		return nil
	}
	var all []Asked
	for _, k := range m.kinds() {
		a := Asked{Label: m.label(d), Kind: k, Words: strings.Join(m.Standings, "+"), Period: calendar.Monthly}
		if m.Activity != "" {
			a.Words, a.Period = m.Activity, d.PeriodType()
		}
		all = append(all, a)
	}
	return all
}

func isWord(s string) bool {
	return s != "" && len(s) <= 60 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// listed writes words for a person, each once, or says that there are none.
func listed(words []string) string {
	if len(words) == 0 {
		return "–"
	}
	sorted := slices.Clone(words)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), ", ")
}
