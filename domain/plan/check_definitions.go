package plan

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/careledger/careledger/domain/calendar"
)

func (c *checker) definition(i int) {
	d := c.p.Definitions[i]
	at := fmt.Sprintf("/definitions/%d", i)
	for name, empty := range map[string]bool{
		"code": d.Code == "", "variant": d.Variant == "", "name": d.Name == "", "name_zh": d.NameZh == "", "unit": d.Unit == "",
		"numerator_measure": d.Numerator == "", "numerator": d.NumeratorIs == "", "numerator_zh": d.NumeratorZh == "", "source": d.Source == "",
	} {
		if empty {
			c.missing(at + "/" + name)
		}
	}
	if d.Code != "" && !codeForm.MatchString(d.Code) {
		c.fail(at+"/code", problem("code-form", "编码只用小写字母、数字和连字符。", "Use lower-case letters, digits and hyphens only."))
	}
	if d.Version < 1 {
		c.fail(at+"/version", problem("definition-version", "版本从 1 起编号。", "Versions are numbered from 1."))
	}
	if d.Unit != "" {
		c.unit(at+"/unit", d.Unit)
	}
	if _, err := calendar.ParsePeriodType(d.Period); d.Period != "" && err != nil {
		c.fail(at+"/period", problem("period-type", "统计期类型须为 month、quarter、year、school_year、mch_year 之一。", "The period must be one of month, quarter, year, school_year, mch_year."))
	}
	if d.Rollup != "" && (d.Rollup != Lowest || !d.IsRatio()) {
		c.fail(at+"/rollup", problem("rollup", "汇总方式须留空（相加），比率也可写 lowest（取最低的乡镇）。", "Leave rollup out (areas add up); a ratio may have lowest (the lowest township counts)."))
	}
	if d.Direction != "" && d.Direction != Down {
		c.fail(at+"/direction", problem("direction", "方向须留空（越多越好）或写 down（越少越好）。", "Leave direction out (more is better), or write down (less is better)."))
	}
	c.division(at, d)
	for name, m := range map[string]string{"numerator_measure": d.Numerator, "minus_measure": d.Minus, "denominator_measure": d.Denominator} {
		c.measure(at+"/"+name, m)
	}
	c.targets(at, d)
}

// division looks at what the numerator is divided by and scaled with.
func (c *checker) division(at string, d Definition) {
	wanted, share := map[string]float64{"%": 100, "‰": 1000}[d.Unit]
	reportedIn, reported := c.p.Series[d.Numerator]
	switch {
	case d.Denominator == "" && reported && d.Unit != "" && d.Unit != reportedIn:
		c.fail(at+"/unit", problem("unit-of-series", "该指标直接取上报系列“"+d.Numerator+"”，单位应为其单位 "+reportedIn+"。", "The indicator is the series \""+d.Numerator+"\" as it is reported; its unit is "+reportedIn+"."))
	case d.Denominator == "" && share && !reported && d.Scale == 0 && !c.has(at+"/denominator_measure"):
		c.fail(at+"/unit", errDividesByNothing)
	case d.Denominator == "" && c.has(at+"/denominator_measure"):
		c.fail(at+"/denominator_measure", errDividesByNothing)
	case d.Denominator == "" && d.Scale != 0:
		c.fail(at+"/scale", errDividesByNothing)
	case d.Denominator != "" && d.Scale <= 0:
		c.fail(at+"/denominator_measure", problem("scale-missing", "比率需要大于 0 的 scale（% 为 100，‰ 为 1000）。", "A ratio needs a scale above 0 (100 for %, 1000 for ‰)."))
	case d.Denominator != "" && share && d.Scale != wanted:
		c.fail(at+"/scale", problem("scale-and-unit", "单位 "+d.Unit+" 的 scale 应为 "+plainNumber(wanted)+"。", "The scale of "+d.Unit+" is "+plainNumber(wanted)+"."))
	case d.Denominator != "" && d.Denominator == d.Minus && d.Numerator == d.Minus:
		c.fail(at+"/minus_measure", problem("counts-nothing", "分子减去自身，恒为 0。", "The numerator takes itself away and is always 0."))
	}
}

var errDividesByNothing = problem("divides-by-nothing", "这个指标没有除数：请填写 denominator_measure；若它是数量而非占比，请去掉 scale，单位也不要写 % 或 ‰。",
	"This indicator divides by nothing: give denominator_measure; a count has no scale, and no unit of % or ‰.")

// versions looks at the versions of each code and variant beside each other.
func (c *checker) versions() {
	type key struct{ code, variant string }
	numbers := map[string]string{}
	before := map[key][]int{}
	for i, d := range c.p.Definitions {
		at, k := fmt.Sprintf("/definitions/%d", i), key{d.Code, d.Variant}
		for _, j := range before[k] {
			switch other := c.p.Definitions[j]; {
			case other.Version == d.Version:
				c.fail(at+"/code", problem("definition-twice", "“"+d.Code+"”的口径“"+d.Variant+"”第 "+strconv.Itoa(d.Version)+" 版重复出现；改动口径请另立新版本并写明 valid_from。",
					"Version "+strconv.Itoa(d.Version)+" of \""+d.Code+"\", variant \""+d.Variant+"\", stands twice; a changed definition is a new version with its valid_from."))
			case other.ValidFrom == d.ValidFrom || (other.Version < d.Version) != (other.ValidFrom < d.ValidFrom):
				c.fail(at+"/version", problem("version-order", "同一指标的版本须按 valid_from 递增，新版本生效日晚于旧版本。", "Versions of an indicator follow each other: a newer one has a later valid_from."))
			}
		}
		before[k] = append(before[k], i)
		if owner, taken := numbers[d.Number]; taken && owner != d.Code && d.Number != "" {
			c.fail(at+"/number", problem("number-twice", "序号 "+d.Number+" 已用于“"+owner+"”。", "The number "+d.Number+" is taken by \""+owner+"\"."))
		} else {
			numbers[d.Number] = d.Code
		}
	}
}

func (c *checker) targets(at string, d Definition) {
	seen, official := map[string]bool{}, 0
	for i, t := range d.Targets {
		at := fmt.Sprintf("%s/targets/%d", at, i)
		switch {
		case t.ID == "":
			c.missing(at + "/id")
		case seen[t.ID]:
			c.fail(at+"/id", problem("target-twice", "目标编号“"+t.ID+"”重复。", "The target \""+t.ID+"\" stands twice."))
		}
		seen[t.ID] = true
		if t.Official {
			official++
		}
		c.target(at, d, t)
		c.steps(at, d, t)
	}
	if official > 1 {
		c.fail(at+"/targets", problem("official-twice", "一个指标只能有一个正式目标（official）。", "Only one target of an indicator can be official."))
	}
}

func (c *checker) target(at string, d Definition, t Target) {
	kinds := []Kind{Floor, Above, Reach, Hold, Rise, Grow}
	if !slices.Contains(kinds, t.Kind) {
		c.fail(at+"/kind", problem("target-kind", "目标类型须为 floor、above、reach、hold、rise、grow 之一。", "The kind must be one of floor, above, reach, hold, rise, grow."))
	}
	if t.Kind != Rise && t.Kind != Grow && !c.has(at+"/value") {
		c.missing(at + "/value")
	}
	if t.Baseline == nil && (t.Kind == Reach && len(t.Steps) == 0 || t.Kind == Rise || t.Kind == Grow) {
		c.fail(at+"/kind", problem("target-without-baseline", "这类目标需要基期值 baseline（逐步达到的目标也可以给出年度任务 steps）。", "Such a target needs a baseline (a target to reach may have yearly steps instead)."))
	}
	if t.BaselineOn == 0 {
		c.missing(at + "/baseline_on")
	}
	switch {
	case t.Deadline == 0:
		c.missing(at + "/deadline")
	case t.Deadline <= t.BaselineOn:
		c.fail(at+"/deadline", errDeadline)
	}
	if t.Tolerance != nil && (*t.Tolerance < 0 || *t.Tolerance >= 1) {
		c.fail(at+"/tolerance", errTolerance)
	}
	parts, below := 0.0, 0
	for code, value := range t.Areas {
		c.area(at+"/areas/"+code, code)
		parts += value
		below++
	}
	if !d.IsRatio() && below > 0 && c.against.Areas != nil && below == len(c.against.Areas.Children(c.against.Areas.Root().Code)) && math.Abs(parts-t.Value) > 1e-6 {
		c.fail(at+"/areas", problem("areas-do-not-sum", "各地目标之和为 "+plainNumber(parts)+"，与总目标 "+plainNumber(t.Value)+" 不符。",
			"The areas' targets add up to "+plainNumber(parts)+", not to "+plainNumber(t.Value)+"."))
	}
}

// steps looks at whether yearly steps lead from the baseline to the target. Where the plan itself states their sum, that
// they do not is the plan's own contradiction.
func (c *checker) steps(at string, d Definition, t Target) {
	sum := 0.0
	for i, s := range t.Steps {
		sum += s.Add
		if i > 0 && s.Year != t.Steps[i-1].Year+1 {
			c.fail(fmt.Sprintf("%s/steps/%d/year", at, i), problem("steps-years", "年度任务须是连续的年份。", "Steps must be of consecutive years."))
		}
	}
	if len(t.Steps) == 0 {
		return
	}
	if last := t.Steps[len(t.Steps)-1].Year; t.Deadline != 0 && last != t.Deadline.Time().Year() {
		c.fail(at+"/steps", problem("steps-end", "最后一年的任务应在截止年份 "+strconv.Itoa(t.Deadline.Time().Year())+"。", "The last step belongs to the year of the deadline, "+strconv.Itoa(t.Deadline.Time().Year())+"."))
	}
	if t.Baseline == nil || math.Abs(*t.Baseline+sum-t.Value) <= 1e-6 {
		return
	}
	said := problem("steps-do-not-sum", "基期值 "+plainNumber(*t.Baseline)+" 加年度任务 "+plainNumber(sum)+" 为 "+plainNumber(*t.Baseline+sum)+"，与目标 "+plainNumber(t.Value)+" 不符。",
		"The baseline of "+plainNumber(*t.Baseline)+" and steps of "+plainNumber(sum)+" make "+plainNumber(*t.Baseline+sum)+", not the target of "+plainNumber(t.Value)+".")
	if slices.ContainsFunc(c.p.Claims, func(claim Claim) bool {
		return slices.ContainsFunc(claim.Readings, func(r Reading) bool { return r.StepsOf == d.Code })
	}) {
		c.warn(at+"/steps", said)
		return
	}
	c.fail(at+"/steps", said)
}

// follows looks at what targets follow.
func (c *checker) follows() {
	next := map[string]string{}
	for _, d := range c.p.Definitions {
		for _, t := range d.Targets {
			if t.Follows != "" && d.Variant == Official {
				next[d.Code] = t.Follows
			}
		}
	}
	for i, d := range c.p.Definitions {
		for j, t := range d.Targets {
			if t.Follows == "" {
				continue
			}
			at := fmt.Sprintf("/definitions/%d/targets/%d/follows", i, j)
			count, known := c.p.Find(t.Follows, Official)
			switch {
			case !known:
				c.fail(at, errUnknownCode(t.Follows))
			case circular(next, d.Code):
				c.fail(at, problem("follows-a-cycle", "“"+d.Code+"”经 follows 绕回自身，请断开循环。", "\""+d.Code+"\" follows itself in a circle; break it."))
			case !d.IsRatio() || count.IsRatio() || len(count.Targets) == 0:
				c.fail(at, problem("follows-no-count", "follows 只能由比率指向有目标的数量指标。", "Only a ratio can follow, and only a count that has a target."))
			}
		}
	}
}

func circular(next map[string]string, from string) bool {
	at := next[from]
	for range len(next) + 1 {
		if at == "" {
			return false
		}
		if at == from {
			return true
		}
		at = next[at]
	}
	return false // it runs into a circle of others, who are told
}

func plainNumber(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
