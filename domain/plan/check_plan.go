package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/careledger/careledger/domain/fault"
)

// checker looks at what a plan says, once its form is right.
type checker struct {
	*shape
	against Against
	p       Plan
}

var (
	codeForm   = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seriesForm = regexp.MustCompile(`^[a-z0-9_]{1,60}$`)
	prefecture = regexp.MustCompile(`^[0-9]{4}$`)
)

// units are what a value may be in.
var units = []string{
	"%", "‰", "persons", "households", "beds", "places", "units", "communities", "townships", "institutions", "hospitals", "visits", "times", "years", "days",
	"yuan", "fen", "10k-yuan", "m2",
}

func (c *checker) all() {
	c.head()
	for i := range c.p.Definitions {
		c.definition(i)
	}
	c.versions()
	c.follows()
	c.allotments()
	c.statements()
}

// head looks at what the plan says of itself.
func (c *checker) head() {
	p := &c.p
	if p.ID == "" {
		c.missing("/id")
	} else if !codeForm.MatchString(p.ID) {
		c.fail("/id", problem("code-form", "编码只用小写字母、数字和连字符。", "Use lower-case letters, digits and hyphens only."))
	}
	if !prefecture.MatchString(p.Prefecture) {
		c.fail("/prefecture", problem("plan-prefecture", "请填写州市代码的前四位，如 5326。", "Give the first four digits of the prefecture's code, like 5326."))
	} else if a := c.against.Areas; a != nil && a.Root().Code[:4] != p.Prefecture {
		c.fail("/prefecture", problem("plan-areas", "规划属于 "+p.Prefecture+"，区划表属于 "+a.Root().Code+"，请提供同一州市的两份文件。",
			"The plan is for "+p.Prefecture+" and the areas are of "+a.Root().Code+"; bring both of one prefecture."))
	}
	for pointer, empty := range map[string]bool{"/name": p.Name == "", "/name_zh": p.NameZh == "", "/source": p.Source == "", "/baseline_on": p.BaselineOn == 0, "/deadline": p.Deadline == 0} {
		if empty {
			c.missing(pointer)
		}
	}
	if p.Deadline != 0 && p.Deadline <= p.BaselineOn {
		c.fail("/deadline", errDeadline)
	}
	if p.DaysUntilComplete < 0 || p.AlertSettleSecs < 0 {
		c.fail("/days_until_complete", problem("negative", "天数和秒数不能为负。", "Days and seconds cannot be negative."))
	}
	if p.Tolerance < 0 || p.Tolerance >= 1 {
		c.fail("/tolerance", errTolerance)
	}
	if _, ok := p.Find(p.Headline, Official); !ok {
		c.fail("/headline", problem("unknown-indicator", "首要指标 headline 须是某个正式口径指标的编码。", "The headline must be the code of an official definition."))
	}
	if !cutOffs(p.AbilityCutOffs) {
		c.fail("/ability_cut_offs", problem("ability-cut-offs", "能力评估分级界限 ability_cut_offs 须为四个 0 至 90 的整数，从高到低：完好、轻度、中度、重度失能的最低分，如 [90, 66, 46, 30]。",
			"ability_cut_offs are four whole numbers from 0 to 90, falling: the lowest scores of intact, mildly, moderately and severely disabled, like [90, 66, 46, 30]."))
	}
	for name, unit := range p.Series {
		pointer := "/series/" + name
		if !seriesForm.MatchString(name) {
			c.fail(pointer, problem("series-name", "指标系列名须为小写字母、数字和下划线。", "A series has 1 to 60 lower-case letters, digits and underscores."))
		}
		c.unit(pointer, unit)
	}
}

var (
	errDeadline  = problem("deadline-before-baseline", "截止日必须晚于基期日。", "The deadline must be later than the baseline's day.")
	errTolerance = problem("tolerance", "容差是目标值的份额，须不小于 0 且小于 1（0.02 即百分之二）。", "The tolerance is a share of the target: 0 or more and below 1 (0.02 is two per cent).")
)

func (c *checker) missing(pointer string) {
	name := pointer[strings.LastIndexByte(pointer, '/')+1:]
	c.fail(pointer, problem("missing", "缺少“"+name+"”，请填写。", "\""+name+"\" is missing; give it."))
}

func (c *checker) unit(pointer, unit string) {
	if !slices.Contains(units, unit) {
		known := strings.Join(units, ", ")
		c.fail(pointer, problem("unknown-unit", "没有这个单位，可用的有："+known+"。", "This unit is not known; there are: "+known+"."))
	}
}

// measure looks at the name of what is counted.
func (c *checker) measure(pointer, measure string) {
	if c.against.Measure == nil || measure == "" {
		return
	}
	reported, err := c.against.Measure(measure)
	_, listed := c.p.Series[measure]
	switch {
	case err != nil:
		zh, en := "请核对拼写。", "check how it is spelt."
		if f, said := fault.Of(err); said {
			zh, en = f.Chinese, f.English
		}
		c.fail(pointer, problem("unknown-measure", "没有“"+measure+"”这种计数："+zh, "There is no measure \""+measure+"\": "+en))
	case reported && !listed && len(c.p.Series) > 0:
		c.fail(pointer, problem("unknown-measure", "“"+measure+"”既不是系统能计的数，也未列入 series；请核对拼写，或把它列入 series 并写明单位。",
			"\""+measure+"\" is neither counted from records nor listed in series; check how it is spelt, or list it in series with its unit."))
	}
}

// area looks up the code of an area.
func (c *checker) area(pointer, code string) {
	if c.against.Areas == nil {
		return
	}
	if _, known := c.against.Areas.Find(code); !known {
		c.fail(pointer, problem("unknown-area", "区划表中没有代码 "+code+"。", "There is no area with the code "+code+" in the area table."))
	}
}

// allotments looks at how counts are shared out.
func (c *checker) allotments() {
	ruled := map[string]bool{}
	for i, a := range c.p.Allotment {
		at := fmt.Sprintf("/allotment/%d", i)
		for j, code := range a.Codes {
			pointer := fmt.Sprintf("%s/codes/%d", at, j)
			switch d, known := c.p.Find(code, Official); {
			case !known:
				c.fail(pointer, errUnknownCode(code))
			case d.IsRatio():
				c.fail(pointer, problem("allot-a-ratio", "“"+code+"”是比率，对每个地区目标相同，不能分解；请只列数量指标。", "\""+code+"\" is a ratio, whose target holds for every area; only counts can be allotted."))
			case len(d.Targets) == 0:
				c.fail(pointer, problem("allot-nothing", "“"+code+"”没有可分解的目标。", "\""+code+"\" has no target that could be allotted."))
			case ruled[code]:
				c.fail(pointer, problem("allotted-twice", "“"+code+"”已有另一条分解规则。", "Another rule allots \""+code+"\" already."))
			}
			ruled[code] = true
		}
		if len(a.Codes) == 0 {
			c.missing(at + "/codes")
		}
		if a.By == "" {
			c.missing(at + "/by")
		}
		c.measure(at+"/by", a.By)
		c.factors(at, a)
	}
}

func (c *checker) factors(at string, a Allotment) {
	for j, code := range a.Above {
		c.area(fmt.Sprintf("%s/above/%d", at, j), code)
	}
	if len(a.Above) > 0 && a.Factor <= 1 {
		c.fail(at+"/factor", problem("allotment-factor", "点名高于平均水平的地区，其系数 factor 须大于 1。", "Areas that stand above the average need a factor above 1."))
	}
	for code, f := range a.Factors {
		c.area(at+"/factors/"+code, code)
		if f <= 0 {
			c.fail(at+"/factors/"+code, problem("allotment-factor", "系数须大于 0。", "A factor must be above 0."))
		}
	}
}

func errUnknownCode(code string) *fault.Error {
	return problem("unknown-indicator", "没有编码为“"+code+"”的指标。", "There is no indicator with the code \""+code+"\".")
}
