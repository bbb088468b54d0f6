package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/words"
)

func TestNumbersAreWrittenForReaders(t *testing.T) {
	for _, c := range []struct {
		value    float64
		decimals int
		want     string
	}{{17850, 0, "17,850"}, {999, 0, "999"}, {1234567.891, 2, "1,234,567.89"}, {26.40, 1, "26.4"}, {26, 1, "26"}, {-1234.5, 1, "−1,234.5"}, {-0.01, 1, "0"}, {0, 2, "0"}} {
		require.Equal(t, c.want, words.Number(c.value, c.decimals))
	}
	require.Equal(t, "0.63", words.Exactly(0.63))
	require.Equal(t, "28.4", words.Share(28.41))
	require.Equal(t, "0.96", words.Share(0.9603))
	require.Equal(t, words.Text{Zh: "1张床位", En: "1 bed"}, words.With("1", "beds"))
	require.Equal(t, words.Text{Zh: "7 km", En: "7 km"}, words.With("7", "km"))
}

func TestAValueIsToldFromWhatIsExpected(t *testing.T) {
	for _, c := range []struct {
		decimals        int
		value, expected float64
		want            [2]string
	}{
		{0, 3, 3.4452, [2]string{"3", "3.4"}}, {0, 10324, 11522.6027, [2]string{"10,324", "11,522.6"}}, {0, 100, 100, [2]string{"100", "100"}},
		{0, 3, 3.02, [2]string{"3", "3.02"}}, {1, 96.96, 97, [2]string{"96.96", "97"}}, {2, 52, 61.95288, [2]string{"52", "61.95"}},
		{1, 97.0000000001, 97, [2]string{"97", "97"}},
	} {
		ofValue, ofExpected := words.Places(c.decimals, &c.value, &c.expected)
		require.Equal(t, c.want, [2]string{words.Number(c.value, ofValue), words.Number(c.expected, ofExpected)})
	}
	value, expected := words.Places(0, nil, nil)
	require.Equal(t, [2]int{0, 1}, [2]int{value, expected})
}

func TestHowACellStandsIsSaidByKind(t *testing.T) {
	on := calendar.Date(2022, 11, 30)
	f := func(v float64) *float64 { return &v }
	rate := plan.Definition{Code: "rate", Unit: "%", Decimals: 1, Numerator: "visited", Denominator: "in_difficulty", Scale: 100}
	beds := plan.Definition{Code: "beds", Unit: "beds", Numerator: "beds_total"}
	years := plan.Definition{Code: "years", Unit: "years", Decimals: 2, Numerator: "life_expectancy"}
	insured := plan.Definition{Code: "insured", Unit: "%", Decimals: 1, Numerator: "insured", Denominator: "population", Scale: 100}
	series := &plan.Plan{Series: map[string]string{"insured": "persons"}}
	most := plan.Definition{Code: "overdue", Unit: "persons", Numerator: "in_difficulty", Minus: "visited", Direction: plan.Down}
	target := func(k plan.Kind, v float64, base *float64) *plan.Target {
		return &plan.Target{ID: "t", Kind: k, Value: v, Baseline: base, BaselineOn: calendar.Date(2020, 12, 31), Deadline: calendar.Date(2025, 12, 31)}
	}
	for _, c := range []struct {
		behaviour  string
		definition plan.Definition
		target     *plan.Target
		value      *float64
		of         float64 // denominator
		below      words.Below
		zh, en     string
	}{
		{"no data", rate, target(plan.Floor, 60, nil), nil, 0, words.Below{}, "暂无数据", "no data yet"},
		{"no target", rate, nil, f(50), 100, words.Below{}, "未设目标", "no target"},
		{"visits short, township by township", rate, target(plan.Floor, 60, nil), f(50), 100, words.Below{Townships: 3, Missing: 11}, "3个乡镇（街道）距底线（60%）还差 11次探访；全区域补上 10次探访即可达到", "11 visits in 3 townships short of the floor (60 %); 10 visits would do for the area as a whole"},
		{"the same in sum", rate, target(plan.Floor, 60, nil), f(50), 110, words.Below{Townships: 3, Missing: 11}, "3个乡镇（街道）距底线（60%）还差 11次探访", "11 visits in 3 townships short of the floor (60 %)"},
		{"one visit short", rate, target(plan.Floor, 60, nil), f(59), 100, words.Below{}, "距底线（60%）还差 1次探访", "1 visit short of the floor (60 %)"},
		{"beds short of the line", beds, target(plan.Reach, 17850, f(10144)), f(10324), 0, words.Below{}, "距进度线（13,093.9张床位）还差 2,770张床位", "2,770 beds short of the line (13,093.9 beds)"},
		{"beds ahead of the line", beds, target(plan.Reach, 17850, f(10144)), f(15000), 0, words.Below{}, "超前于进度线（13,093.9张床位） 1,906.1张床位", "1,906.1 beds ahead of the line (13,093.9 beds)"},
		{"on the line", rate, target(plan.Reach, 78, f(52)), f(62), 100, words.Below{}, "与进度线（61.95%）相符", "on the line (61.95 %)"},
		{"ahead in points", rate, target(plan.Reach, 78, f(52)), f(70), 100, words.Below{}, "超前于进度线（62%） 8个百分点", "8 points ahead of the line (62 %)"},
		{"years are not counted one by one", years, target(plan.Floor, 76, nil), f(74.62), 0, words.Below{}, "距底线（76岁）还差 1.38岁", "1.38 years short of the floor (76 years)"},
		{"persons of a reported series", insured, target(plan.Floor, 97, nil), f(96), 1000, words.Below{}, "距底线（97%）还差 10人", "10 people short of the floor (97 %)"},
		{"strictly above needs one more", rate, target(plan.Above, 90, nil), f(90), 100, words.Below{}, "距底线（90%）还差 1次探访", "1 visit short of the floor (90 %)"},
		{"kept", rate, target(plan.Hold, 94, nil), f(94), 100, words.Below{}, "保持在应保持的水平（94%）", "kept at the level to keep (94 %)"},
		{"not kept", rate, target(plan.Hold, 94, nil), f(90), 100, words.Below{}, "距应保持的水平（94%）还差 4次探访", "4 visits short of the level to keep (94 %)"},
		{"rising", rate, target(plan.Rise, 0, f(10)), f(11), 100, words.Below{}, "不低于基期（10%）", "not below the baseline (10 %)"},
		{"not rising", rate, target(plan.Rise, 0, f(10)), f(9), 100, words.Below{}, "距基期（10%）还差 1次探访", "1 visit short of the baseline (10 %)"},
		{"not growing", beds, target(plan.Grow, 0, f(300)), f(300), 0, words.Below{}, "距基期（300张床位）还差 1张床位", "1 bed short of the baseline (300 beds)"},
		{"too many", most, target(plan.Floor, 20, nil), f(25), 0, words.Below{}, "超出上限（20人） 5人", "5 people above the limit (20 people)"},
		{"few enough", most, target(plan.Floor, 20, nil), f(5), 0, words.Below{}, "不高于上限（20人）", "not above the limit (20 people)"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			s := words.Standing{Plan: series, Definition: c.definition, Value: c.value, Denominator: f(c.of), Below: c.below}
			if c.target != nil {
				a := c.definition.Assess(*c.target, c.value, on, 0.01, nil)
				s.Target = &a
			}
			require.Equal(t, words.Text{Zh: c.zh, En: c.en}, words.Of(s))
		})
	}
}
