package plan_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// sound is a small plan without fault: tests put faults into it.
const sound = `{
 "id": "lakeside-2030",
 "prefecture": "9900",
 "name": "Lakeside",
 "name_zh": "湖滨",
 "source": "invented",
 "baseline_on": "2024-12-31",
 "deadline": "2030-12-31",
 "days_until_complete": 5,
 "tolerance": 0.02,
 "alert_settle_seconds": 3,
 "headline": "beds", "ability_cut_offs": [90, 66, 46, 30],
 "series": {"people": "persons"},
 "figures": [
  {"measure": "beds_total", "value": 100, "on": "2025-12-31", "name": "beds", "name_zh": "床位", "source": "s"},
  {"measure": "nothing", "value": 0, "on": "2025-12-31", "name": "nothing", "name_zh": "无", "source": "s"}
 ],
 "claims": [
  {"id": "beds", "text": "100 beds", "text_zh": "100张床位", "value": 100, "unit": "beds", "on": "2025-12-31", "readings": [{"numerator_measure": "beds_total"}], "source": "s"}
 ],
 "allotment": [
  {"codes": ["beds"], "by": "people", "above": ["990001"], "factor": 1.2, "source": "s"}
 ],
 "definitions": [
  {
   "code": "beds", "number": "1", "variant": "official", "version": 1, "group": "elder", "name": "Beds", "name_zh": "床位", "unit": "beds", "decimals": 0,
   "numerator_measure": "beds_total", "numerator": "beds", "numerator_zh": "床位", "source": "s",
   "targets": [
    {"id": "t", "official": true, "kind": "reach", "value": 160, "baseline": 100, "baseline_on": "2024-12-31", "deadline": "2030-12-31", "source": "s",
     "steps": [{"year": 2029, "add": 20}, {"year": 2030, "add": 40}]}
   ]
  },
  {
   "code": "beds-per-1000", "number": "2", "variant": "official", "version": 1, "group": "elder", "name": "Beds per 1,000", "name_zh": "每千人床位", "unit": "‰", "decimals": 1,
   "numerator_measure": "beds_total", "denominator_measure": "people", "scale": 1000, "numerator": "beds", "numerator_zh": "床位", "source": "s",
   "targets": [
    {"id": "t", "official": true, "kind": "reach", "value": 35, "baseline": 20, "baseline_on": "2024-12-31", "deadline": "2030-12-31", "source": "s", "follows": "beds"}
   ]
  }
 ]
}
`

const lakeside = "code,name,level,parent,valid_from,valid_to\n990000,湖滨州,prefecture,,,\n990001,东县,county,990000,,\n990002,西县,county,990000,,\n"

// known knows beds, and takes any other word for a series.
func known(measure string) (reported bool, err error) {
	if strings.ContainsAny(measure, " ?") {
		return false, errors.New("not a measure")
	}
	return measure != "beds_total", nil
}

func check(t *testing.T, text string) []plan.Problem {
	t.Helper()
	areas, err := area.Load(strings.NewReader(lakeside))
	require.NoError(t, err)
	return plan.Check([]byte(text), plan.Against{Areas: areas, Measure: known})
}

func TestASoundPlanHasNoProblem(t *testing.T) {
	require.Empty(t, check(t, sound))
}

func TestEachFaultOfAPlanIsNamedByLine(t *testing.T) {
	for _, c := range []struct {
		behaviour, old, new string // new stands in the place of old
		code                string
		in                  string // what the line holds
	}{
		{"an unknown measure", `"denominator_measure": "people"`, `"denominator_measure": "people?"`, "unknown-measure", `people?`},
		{"a field that nobody reports", `"denominator_measure": "people"`, `"denominator_measure": "poeple"`, "unknown-measure", `poeple`},
		{"a scale without a denominator", `"denominator_measure": "people", `, ``, "divides-by-nothing", `"scale"`},
		{"an empty denominator", `"denominator_measure": "people", "scale": 1000`, `"denominator_measure": ""`, "divides-by-nothing", `"denominator_measure": ""`},
		{"a share of nothing", `"unit": "beds", "decimals"`, `"unit": "%", "decimals"`, "divides-by-nothing", `"unit": "%"`},
		{"a reported series in another unit", `"numerator_measure": "beds_total", "numerator"`, `"numerator_measure": "people", "numerator"`, "unit-of-series", `"unit": "beds"`},
		{"what is part of itself", `"alert_settle_seconds": 3,`, `"alert_settle_seconds": 3, "within": [{"measure": "a", "of": "a"}],`, "within-itself", `"of": "a"`},
		{"what is part of itself over others", `"alert_settle_seconds": 3,`, `"alert_settle_seconds": 3, "within": [{"measure": "a", "of": "b"}, {"measure": "b", "of": "c"}, {"measure": "c", "of": "a"}],`, "within-itself", `"of": "b"`},
		{"a ratio without scale", `, "scale": 1000`, ``, "scale-missing", `"denominator_measure"`},
		{"a scale of another unit", `"scale": 1000`, `"scale": 100`, "scale-and-unit", `"scale": 100`},
		{"a target that follows itself", `"follows": "beds"`, `"follows": "beds-per-1000"`, "follows-a-cycle", `"follows"`},
		{"a target that follows nothing", `"follows": "beds"`, `"follows": "bed"`, "unknown-indicator", `"follows"`},
		{"a target without a baseline", `"value": 35, "baseline": 20,`, `"value": 35,`, "target-without-baseline", `"value": 35`},
		{"steps that do not sum", `"add": 40`, `"add": 41`, "steps-do-not-sum", `"add": 41`},
		{"steps with a gap", `"year": 2029`, `"year": 2028`, "steps-years", `"year": 2028`},
		{"steps that end too early", `"steps": [{"year": 2029, "add": 20}, {"year": 2030, "add": 40}]`, `"steps": [{"year": 2028, "add": 20}, {"year": 2029, "add": 40}]`, "steps-end", `"year": 2028`},
		{"an unknown area in an allotment", `"above": ["990001"]`, `"above": ["990001", "532601"]`, "unknown-area", `532601`},
		{"an unknown area in a factor", `"factor": 1.2,`, `"factor": 1.2, "factors": {"990009": 1},`, "unknown-area", `990009`},
		{"an unknown area in a target", `"value": 160,`, `"value": 160, "areas": {"990009": 2},`, "unknown-area", `990009`},
		{"areas' targets that do not sum", `"value": 160,`, `"value": 160, "areas": {"990001": 100, "990002": 50},`, "areas-do-not-sum", `990002`},
		{"an allotment of a ratio", `"codes": ["beds"]`, `"codes": ["beds-per-1000"]`, "allot-a-ratio", `"codes"`},
		{"an allotment that raises nobody", `"factor": 1.2`, `"factor": 1`, "allotment-factor", `"factor": 1,`},
		{"a wrong type of period", `"code": "beds-per-1000",`, `"code": "beds-per-1000", "period": "week",`, "period-type", `week`},
		{"a wrong roll-up", `"code": "beds",`, `"code": "beds", "rollup": "lowest",`, "rollup", `lowest`},
		{"a wrong direction", `"code": "beds",`, `"code": "beds", "direction": "up",`, "direction", `"up"`},
		{"an unknown unit", `"unit": "‰"`, `"unit": "permille"`, "unknown-unit", `permille`},
		{"a code that stands twice", `"code": "beds-per-1000"`, `"code": "beds"`, "definition-twice", `Beds per`},
		{"a number that stands twice", `"number": "2"`, `"number": "1"`, "number-twice", `Beds per`},
		{"a version that is not later", `"code": "beds-per-1000", "number": "2", "variant": "official", "version": 1`, `"code": "beds", "number": "2", "variant": "official", "version": 2`, "version-order", `Beds per`},
		{"a deadline before the baseline", `"deadline": "2030-12-31",
 "days`, `"deadline": "2020-12-31",
 "days`, "deadline-before-baseline", `2020-12-31`},
		{"a target's deadline before its baseline", `"deadline": "2030-12-31", "source": "s", "follows"`, `"deadline": "2020-12-31", "source": "s", "follows"`, "deadline-before-baseline", `2020-12-31`},
		{"a kind that is none", `"kind": "reach", "value": 35`, `"kind": "touch", "value": 35`, "target-kind", `touch`},
		{"a member that is not known", `"variant": "official", "version": 1, "group": "elder", "name": "Beds"`, `"variety": "official", "version": 1, "group": "elder", "name": "Beds"`, "unknown-member", `variety`},
		{"a member that stands twice", `"tolerance": 0.02,`, `"tolerance": 0.02, "tolerance": 0.03,`, "member-twice", `0.03`},
		{"a text for a number", `"value": 35`, `"value": "35"`, "value-form", `"35"`},
		{"a number for a text", `"name": "Lakeside"`, `"name": 7`, "value-form", `"name": 7`},
		{"a day that is none", `"baseline_on": "2024-12-31",
`, `"baseline_on": "2024-02-30",
`, "day-form", `2024-02-30`},
		{"a headline of nothing", `"headline": "beds"`, `"headline": "bed"`, "unknown-indicator", `headline`},
		{"cut-offs that do not fall", `[90, 66, 46, 30]`, `[90, 66, 66, 30]`, "ability-cut-offs", `66, 66`},
		{"cut-offs that rise", `[90, 66, 46, 30]`, `[30, 46, 66, 90]`, "ability-cut-offs", `30, 46`},
		{"a cut-off above the highest score", `[90, 66, 46, 30]`, `[91, 66, 46, 30]`, "ability-cut-offs", `91`},
		{"a cut-off below nothing", `[90, 66, 46, 30]`, `[90, 66, 46, -1]`, "ability-cut-offs", `-1`},
		{"three cut-offs", `[90, 66, 46, 30]`, `[90, 66, 46]`, "ability-cut-offs", `66, 46]`},
		{"no cut-offs in a list of them", `[90, 66, 46, 30]`, `[]`, "ability-cut-offs", `[]`},
		{"half a point", `[90, 66, 46, 30]`, `[90, 66.5, 46, 30]`, "value-form", `66.5`},
		{"another prefecture's areas", `"prefecture": "9900"`, `"prefecture": "5326"`, "plan-areas", `5326`},
		{"a claim of what nobody stated", `[{"numerator_measure": "beds_total"}]`, `[{"numerator_measure": "residents"}]`, "nothing-stated", `residents`},
		{"a claim that divides by nothing", `[{"numerator_measure": "beds_total"}]`, `[{"numerator_measure": "beds_total", "denominator_measure": "nothing", "scale": 100}]`, "divides-by-nothing", `"nothing", "scale"`},
		{"a claim of steps that are not there", `[{"numerator_measure": "beds_total"}]`, `[{"steps_of": "beds-per-1000"}]`, "no-steps", `steps_of`},
		{"a bracket that is missing", `"series": {"people": "persons"},`, `"series": {"people": "persons",`, "not-json", ``},
		{"a comma too many", `"add": 40}]`, `"add": 40},]`, "not-json", `"add": 40`},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			require.Equal(t, 1, strings.Count(sound, c.old), "one place")
			text := strings.Replace(sound, c.old, c.new, 1)
			var codes []string
			for _, p := range check(t, text) {
				codes = append(codes, p.Code)
				if p.Code != c.code {
					continue
				}
				require.Contains(t, strings.Split(text, "\n")[p.Line-1], c.in, "line %d, column %d: %s", p.Line, p.Column, p.English)
				require.False(t, p.Warning)
				require.NotEmpty(t, p.English)
				require.True(t, strings.ContainsFunc(p.Chinese, func(r rune) bool { return r > 0x4e00 }), p.Chinese)
			}
			require.Contains(t, codes, c.code)
			require.Error(t, plan.Refusal(check(t, text)))
		})
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	text := strings.NewReplacer(`"tolerance": 0.02`, `"tolerance": "none"`, `"add": 40`, `"add": 41`, `"unit": "‰"`, `"unit": "permille"`, `"by": "people"`, `"by": "poeple"`).Replace(sound)
	var lines []int
	for _, p := range check(t, text) {
		lines = append(lines, p.Line)
	}
	require.Equal(t, []int{10, 22, 30, 34}, lines, "one of each, in the file's order")
}

func TestAColumnIsCountedInCharacters(t *testing.T) {
	text := strings.Replace(sound, `"name_zh": "床位", "unit": "beds"`, `"name_zh": "床位", "unit": "bed"`, 1)
	problems := check(t, text)
	require.Len(t, problems, 1)
	line := strings.Split(text, "\n")[problems[0].Line-1]
	require.True(t, strings.HasPrefix(string([]rune(line)[problems[0].Column-1:]), `"unit": "bed"`), problems[0].English)
}

func TestAFigureThatCanHardlyBeRightIsAWarning(t *testing.T) {
	one := `{"measure": "nothing", "value": 0,`
	for _, c := range []struct{ behaviour, new, code, in string }{
		{"ten times the one before", `{"measure": "beds_total", "value": 1000, "on": "2026-01-31", "name": "beds", "name_zh": "床位", "source": "s"}, ` + one, "figure-tenfold", `1000`},
		{"a tenth of the one before", `{"measure": "beds_total", "value": 10, "on": "2026-01-31", "name": "beds", "name_zh": "床位", "source": "s"}, ` + one, "figure-tenfold", `2026-01-31`},
		{"of a day to come", `{"measure": "beds_total", "value": 110, "on": "2026-03-02", "name": "beds", "name_zh": "床位", "source": "s"}, ` + one, "figure-in-the-future", `2026-03-02`},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			text := strings.Replace(sound, one, c.new, 1)
			problems := plan.Check([]byte(text), plan.Against{Measure: known, Today: calendar.Date(2026, 3, 1)})
			require.Len(t, problems, 1, fmt.Sprint(problems))
			require.Equal(t, c.code, problems[0].Code)
			require.True(t, problems[0].Warning)
			require.Contains(t, strings.Split(text, "\n")[problems[0].Line-1], c.in)
		})
	}
}

func TestTwoRatiosThatFollowEachOtherMakeACycle(t *testing.T) {
	text := strings.NewReplacer(`"unit": "beds", "decimals": 0,
   "numerator_measure": "beds_total", "numerator"`, `"unit": "‰", "decimals": 0,
   "numerator_measure": "beds_total", "denominator_measure": "people", "scale": 1000, "numerator"`, `"deadline": "2030-12-31", "source": "s",
     "steps"`, `"deadline": "2030-12-31", "source": "s", "follows": "beds-per-1000",
     "steps"`).Replace(sound)
	var cycles []int
	for _, p := range check(t, text) {
		if p.Code == "follows-a-cycle" {
			cycles = append(cycles, p.Line)
		}
	}
	require.Equal(t, []int{29, 37}, cycles, "each of the two is told")
}

func TestStepsThatThePlanItselfStatesAreAWarning(t *testing.T) {
	text := strings.NewReplacer(`"add": 40`, `"add": 41`, `[{"numerator_measure": "beds_total"}]`, `[{"steps_of": "beds"}]`).Replace(sound)
	problems := check(t, text)
	require.Len(t, problems, 1)
	require.True(t, problems[0].Warning)
	require.Contains(t, problems[0].English, "100 and steps of 61 make 161, not the target of 160")
	require.NoError(t, plan.Refusal(problems))
}

func TestWenshansPlanHasOneKnownProblem(t *testing.T) {
	areas, err := area.Wenshan()
	require.NoError(t, err)
	content, err := os.ReadFile("plans/wenshan-2022.json")
	require.NoError(t, err)
	problems := plan.Check(content, plan.Against{Areas: areas})
	require.NoError(t, plan.Refusal(problems))
	require.Len(t, problems, 1, fmt.Sprint(problems))
	require.Equal(t, "steps-do-not-sum", problems[0].Code)
}

func TestNoTextMakesTheCheckFall(t *testing.T) {
	for cut := 0; cut < len(sound)-2; cut += 31 {
		require.NotEmpty(t, check(t, sound[:cut]))
	}
	for _, text := range []string{"", "null", "[]", "7", `"x"`, "{}", sound + "{}", `{"definitions": [null, {}]}`, `{"definitions": {"a": 1}}`, strings.Repeat("[", 1000)} {
		require.NotEmpty(t, check(t, text), text)
	}
}
