package indicators_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/projections/indicators"
)

func TestWhatAMeasureSays(t *testing.T) {
	type groups = []indicators.Group
	for _, c := range []struct {
		word   string
		want   indicators.Measure
		groups groups
	}{
		{"visited", indicators.Measure{Word: "visited"}, groups{indicators.Visits}},
		{"population", indicators.Measure{Word: "population"}, groups{indicators.Figures}},
		{"community", indicators.Measure{Word: "community", Kind: standing.Community}, groups{indicators.StandingsOf(standing.Community)}},
		{"elder:poor+stay", indicators.Measure{Word: "elder:poor+stay", Kind: standing.Elder, Standings: []string{"poor", "stay"}}, groups{indicators.StandingsOf(standing.Elder)}},
		{"*:integrated_care", indicators.Measure{Word: "*:integrated_care", Kind: indicators.AllKinds, Standings: []string{"integrated_care"}}, groups{
			indicators.StandingsOf(standing.Institution), indicators.StandingsOf(standing.Hospital),
		}},
		{"child#birth", indicators.Measure{Word: "child#birth", Kind: standing.Child, Activity: "birth"}, groups{indicators.ActivitiesOf(standing.Child)}},
		{"any(elder_school)", indicators.Measure{Word: "elder_school", Kind: standing.ElderSchool, Any: true}, groups{indicators.StandingsOf(standing.ElderSchool)}},
		{"any(child:under_3+managed)", indicators.Measure{Word: "child:under_3+managed", Kind: standing.Child, Standings: []string{"under_3", "managed"}, Any: true}, groups{indicators.StandingsOf(standing.Child)}},
		{"townships", indicators.Measure{Word: "townships"}, nil},
	} {
		t.Run(c.word, func(t *testing.T) {
			m, err := indicators.ParseMeasure(c.word)
			require.NoError(t, err)
			require.Equal(t, c.want, m)
			require.Equal(t, c.groups, indicators.GroupsOf(plan.Definition{Numerator: c.word}))
		})
	}
}

func TestAMeasureThatCannotBeReadNamesThePartAtFault(t *testing.T) {
	for _, c := range []struct{ word, code, part string }{
		{"", "measure-unreadable", `""`},
		{"Beds", "measure-unreadable", `"Beds"`},
		{"beds total", "measure-unreadable", `"beds total"`},
		{"any(elder_school", "measure-unreadable", `"any(elder_school"`},
		{"any(any(elder))", "measure-unreadable", `"any(elder)"`},
		{"any(townships)", "measure-unreadable", `"townships"`},
		{"any(elder:rich)", "measure-unknown-standing", `"rich"`},
		{"person:poor", "measure-unknown-kind", `"person"`},
		{"person#visit", "measure-unknown-kind", `"person"`},
		{"*#health_check", "measure-unknown-kind", `"*"`},
		{"elder:", "measure-unknown-standing", `""`},
		{"elder:poor+", "measure-unknown-standing", `""`},
		{"elder:poor+rich", "measure-unknown-standing", `"rich"`},
		{"elder:registered", "measure-unknown-standing", `"registered"`},
		{"elder:poor+poor", "measure-unreadable", `"poor"`},
		{"child:poor", "measure-unknown-standing", `"poor"`},
		{"*:poor+managed", "measure-unreadable", `"poor+managed"`},
		{"*:nothing", "measure-unknown-standing", `"nothing"`},
		{"elder#birth", "measure-unknown-activity", `"birth"`},
		{"estate#opening", "measure-unknown-activity", `"opening"`},
	} {
		t.Run(c.word, func(t *testing.T) {
			_, err := indicators.ParseMeasure(c.word)
			refused, ok := fault.Of(err)
			require.True(t, ok, "%v", err)
			require.Equal(t, fault.Invalid, refused.Kind)
			require.Equal(t, c.code, refused.Code)
			require.Contains(t, refused.English, c.part)
			require.NotEmpty(t, refused.Chinese)
		})
	}
}

func TestEveryMeasureOfThePlanCanBeCounted(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	for _, d := range p.Definitions {
		for _, word := range []string{d.Numerator, d.Minus, d.Denominator} {
			if word == "" {
				continue
			}
			_, err := indicators.ParseMeasure(word)
			require.NoError(t, err, d.Code)
		}
		for _, g := range indicators.GroupsOf(d) {
			if g != indicators.Figures {
				continue
			}
			reported := 0
			for _, word := range []string{d.Numerator, d.Minus, d.Denominator} {
				if p.Series[word] != "" {
					reported++
				}
			}
			require.Positive(t, reported, "%s counts with a series that the plan does not have", d.Code)
		}
	}
}
