package feasibility_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/feasibility"
)

func TestWhereWenshansPlanContradictsItself(t *testing.T) {
	p, err := plan.Wenshan()
	require.NoError(t, err)
	found := feasibility.Check(p)
	for _, c := range []struct{ what, rule, zh, en string }{
		{"0: places are added up to less", feasibility.StepsStart, "3,473 + 12,583 = 16,056，而非16,300（按预测3,566,700计为4.5‰）", "3,473 + 12,583 = 16,056, not 16,300 (4.5 ‰ of the forecast 3,566,700)"},
		{"0: there is public childcare", feasibility.ClaimDiffers, "空白状态”：按规划自己的数字为4个机构", "by the plan's own numbers 4 institutions"},
		{"1: beds for the elders of 2025", feasibility.TargetNeedsMore, "628,300，按35‰需要21,991张床位；规划只到17,850（28.4‰），仅够510,000", "needs 21,991 beds; the plan builds 17,850 (28.4 ‰), which is enough for 510,000"},
		{"2: beds of 2020", feasibility.BaselineDiffers, "60岁及以上老年人为499,704；而其数字是487,600，应得20.8‰", "would mean 499,704 people of 60 and more; the figure is 487,600, which gives 20.8 ‰"},
		{"3: vacancy of neither", feasibility.ClaimDiffers, "(5,205 − 1,376) ÷ 5,205 = 73.6%；(10,324 − 1,376) ÷ 10,324 = 86.7%，均不相符", "73.6 %; (10,324 − 1,376) ÷ 10,324 = 86.7 %; none gives it"},
		{"4: nursing-type beds in operation", feasibility.ClaimDiffers, "67%”：按规划自己的数字为3,401 ÷ 5,205 = 65.3%", "3,401 ÷ 5,205 = 65.3 %"},
		{"4: nursing-type beds of 2020 and 2022", feasibility.BelowBaseline, "2020年基期为42%，而2022年的数字是3,401 ÷ 10,324 = 32.9%", "2020 is 42 %, yet the figures of 2022 give 3,401 ÷ 10,324 = 32.9 %"},
		{"5: children enrolled", feasibility.ClaimDiffers, "2,056 ÷ 214,100 = 0.96%；要得到该数，3岁以下婴幼儿应为130,127", "2,056 ÷ 214,100 = 0.96 %; it would take 130,127"},
		{"5: places against enrolment", feasibility.PartExceedsWhole, "15%即35,445；而规划只有16,300个托位", "is 35,445, against 16,300 places planned"},
		{"6: places of 2022", feasibility.ClaimDiffers, "0.9个”：按规划自己的数字为3,473 ÷ 3,503,000 = 0.99‰", "3,473 ÷ 3,503,000 = 0.99 ‰"},
		{"6: places of 2020", feasibility.TwoValues, "正文写作0.63‰，指标表写作0.66‰", "is 0.63 ‰ in one sentence and 0.66 ‰ in the table"},
		{"6: enrolment of 2020 and 2022", feasibility.BelowBaseline, "2020年基期为2.54%，而2022年的数字是2,056 ÷ 214,100 = 0.96%（正文写作1.58%）", "2020 is 2.54 %, yet"},
		{"7: beds' steps", feasibility.StepsMiss, "10,144 + 7,700 = 17,844，比目标17,850少6；从2022年的10,324起算则为18,024", "17,844, 6 short of 17,850; from the 10,324 stated for 2022: 18,024"},
		{"7: places' steps", feasibility.StepsStart, "16,300 − 12,583 = 3,717（2021年末），多于2022年的3,473", "= 3,717 at the end of 2021, more than the 3,473 stated for 2022"},
		{"8: people of 65", feasibility.ShareJumps, "2020年为450,400，占60岁及以上老年人（487,600）的92%", "means 450,400 in 2020, 92 % of all"},
		{"9: a floor below its baseline", feasibility.AsksNoRise, "目标55%低于基期58%，降到该值也不算落后，须按“底线”判断", "the target of 55 % lies below the baseline of 58 %"},
		{"9: newborns", feasibility.AsksNoRise, "新生儿访视覆盖率：目标94%并不高于基期94%", "the target of 94 % asks for no more than the baseline of 94 %"},
		{"9: children under 3", feasibility.AsksNoRise, "3岁以下儿童系统管理率：目标93%并不高于基期93%", "the target of 93 % asks for no more than the baseline of 93 %"},
		{"8: children of 0 to 3", feasibility.OtherGroup, "正文统计的是0—3岁婴幼儿（214,100），指标用的是3岁以下婴幼儿", "The text counts children aged 0 to 3"},
	} {
		t.Run(c.what, func(t *testing.T) {
			require.True(t, slices.ContainsFunc(found, func(f feasibility.Finding) bool {
				return f.Rule == c.rule && strings.Contains(f.Text.Zh, c.zh) && strings.Contains(f.Text.En, c.en)
			}), "%+v", found)
		})
	}
	for _, f := range found {
		require.NotContains(t, f.Text.En+f.Text.Zh, "%!", f.Rule)
		require.NotContains(t, []string{"vacant-places", "private-share", "occupancy", "beds-per-1000", "nursing-share", "institution-coverage", "elders-share-2025", "new-beds", "new-places"}, f.Claim, "what rounding explains, or one reading gives, is right")
	}
}

// lakeside is an invented plan that holds together.
func lakeside(t *testing.T) *plan.Plan {
	t.Helper()
	f, err := os.Open("../../domain/plan/testdata/lakeside/plan.json")
	require.NoError(t, err)
	defer f.Close()
	p, err := plan.Read(f)
	require.NoError(t, err)
	return p
}

func TestAPlanThatHoldsTogetherHasNoContradiction(t *testing.T) {
	require.Empty(t, feasibility.Check(lakeside(t)))
}

func TestEachRuleFindsWhatItIsFor(t *testing.T) {
	target := func(p *plan.Plan, code string) *plan.Target {
		for i := range p.Definitions {
			if p.Definitions[i].Code == code {
				return &p.Definitions[i].Targets[0]
			}
		}
		t.Fatal(code)
		return nil
	}
	stated := func(list []plan.Stated, measure string) *plan.Stated {
		for i := range list {
			if list[i].Measure == measure {
				return &list[i]
			}
		}
		t.Fatal(measure)
		return nil
	}
	value := func(v float64) *float64 { return &v }
	for _, c := range []struct {
		rule, en string
		change   func(p *plan.Plan)
	}{
		{feasibility.TargetNeedsMore, "81 ‰ of 2,500 children under 3 (forecast for 2030) needs 203 places; the plan builds 200 (80 ‰)", func(p *plan.Plan) { target(p, "places-per-1000").Value = 81 }},
		{feasibility.PartExceedsWhole, "8.1 % of 2,500 children under 3 (forecast for 2030) is 203, against 200 places planned: 8 % at most", func(p *plan.Plan) { target(p, "enrolment-rate").Value = 8.1 }},
		{feasibility.PartExceedsWhole, "people of 80 and more (6,001, 2030-12-31) are part of people of 60 and more", func(p *plan.Plan) {
			for i := range p.Forecasts {
				p.Forecasts[i].RiseSince = 0
			}
			stated(p.Forecasts, "population_80_plus").Value = 6001
		}},
		{feasibility.BaselineDiffers, "a baseline of 40 ‰ with 100 would mean 2,500 children under 3; the figure is 2,000, which gives 50 ‰", func(p *plan.Plan) { target(p, "places-per-1000").Baseline, p.Claims = value(40), nil }},
		{feasibility.BelowBaseline, "the baseline of 2024 is 6 %, yet the figures of 2025 give 90 ÷ 2,000 = 4.5 %.", func(p *plan.Plan) { target(p, "enrolment-rate").Baseline = value(6) }},
		{feasibility.StepsMiss, "100 + 101 = 201, 1 above 200", func(p *plan.Plan) { target(p, "care-places").Steps[0].Add, p.Claims = 21, nil }},
		{feasibility.StepsStart, "200 − 80 = 120 at the end of 2028, more than the 110 stated for 2029; 110 + 80 = 190, not 200 (76 ‰ of the forecast 2,500)", func(p *plan.Plan) {
			f := stated(p.Figures, "places")
			f.Value, f.On, p.Claims = 110, calendar.Date(2029, 6, 30), nil
		}},
		{feasibility.ClaimDiffers, "(100 − 90) ÷ 100 = 10 %; it would take 91 childcare places, not 100", func(p *plan.Plan) { p.Claims[1].Value = 11 }},
		{feasibility.ClaimDiffers, "20 + 30 + 50 = 100 places", func(p *plan.Plan) { p.Claims[3].Value = 90 }},
		{feasibility.TwoValues, "is 49 ‰ in one sentence and 50 ‰ in the table", func(p *plan.Plan) { p.Claims[2].Value = 49 }},
		{feasibility.TwoValues, "is 50 ‰ in one sentence and 51 ‰ in another sentence", func(p *plan.Plan) {
			other := p.Claims[2]
			other.Value, other.On, other.ID = 51, p.Claims[0].On, "other"
			p.Claims[2].On = p.Claims[0].On
			p.Claims = slices.Insert(p.Claims, 0, other)
		}},
		{feasibility.RiseDiffers, "2,500 after a rise of 400 means 2,100 in 2024; the figure is 2,000", func(p *plan.Plan) { stated(p.Forecasts, "population_under_3").Rise = 400 }},
		{feasibility.ShareJumps, "means 500 in 2024, 10 % of all people of 60 and more (5,000); the forecast makes it 21 %", func(p *plan.Plan) {
			f := stated(p.Forecasts, "population_80_plus")
			f.Value, f.Rise = 1240, 740
			p.Figures = slices.DeleteFunc(p.Figures, func(s plan.Stated) bool { return s.Measure == "population_80_plus" })
		}},
		{feasibility.OtherGroup, "The text counts toddlers (2,000); the indicators count children under 3", func(p *plan.Plan) { stated(p.Figures, "population_under_3").Counts = "toddlers" }},
		{feasibility.AsksNoRise, "the target of 90 % asks for no more than the baseline of 90 %", func(p *plan.Plan) { *target(p, "autumn-feast") = hold(90, 90) }},
		{feasibility.AsksNoRise, "the target of 80 % lies below the baseline of 90 %", func(p *plan.Plan) { *target(p, "autumn-feast") = hold(80, 90) }},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p := lakeside(t)
			c.change(p)
			found := feasibility.Check(p)
			require.Len(t, found, 1, "%+v", found)
			require.Equal(t, c.rule, found[0].Rule)
			require.Contains(t, found[0].Text.En, c.en)
			require.NotContains(t, found[0].Text.En+found[0].Text.Zh, "%!")
		})
	}
}

func hold(value, baseline float64) plan.Target {
	return plan.Target{ID: "t", Official: true, Kind: plan.Hold, Value: value, Baseline: &baseline, BaselineOn: 20000, Deadline: 22000}
}
