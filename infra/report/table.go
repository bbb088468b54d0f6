package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/publication"
	"github.com/careledger/careledger/projections/words"
)

// table is the official table: the indicators that the plan numbers, in its order, with the prefecture's value and those
// of the counties.
type table struct {
	title, subtitle string
	counties        []publication.Area
	lines           []line
}

// line is an indicator. counties are in the table's order.
type line struct {
	number, name, unit string
	decimals           int
	baseline, target   *float64
	kind               plan.Kind
	whole              publication.Cell
	counties           []publication.Cell
}

type place struct{ area, code string }

func tableOf(c publication.Content) table {
	first := c.Period.First().Time()
	t := table{
		title:    fmt.Sprintf("%s主要指标完成情况", c.Plan.NameZh),
		subtitle: fmt.Sprintf("%d年%d月 · 第 %d 次发布 · 统计截至台账序号 %d · 发布日期 %s", first.Year(), first.Month(), c.Revision, c.Position, dayZh(c.SealedOn.Time())),
	}
	root := ""
	for _, a := range c.Areas {
		switch a.Level {
		case area.Prefecture:
			root = a.Code
		case area.County:
			t.counties = append(t.counties, a)
		}
	}
	cells := map[place]publication.Cell{}
	for _, cell := range c.Cells {
		if cell.Variant == plan.Official {
			cells[place{cell.Area, cell.Code}] = cell
		}
	}
	for _, d := range c.Definitions {
		if d.Number == "" || d.Variant != plan.Official {
			continue
		}
		l := line{
			number: d.Number, name: d.NameZh, unit: unitZh(d.Unit), decimals: d.Decimals, baseline: d.Baseline, target: d.Target, kind: d.Kind,
			whole: cells[place{root, d.Code}],
		}
		if adopted := l.whole.Target; adopted != nil {
			l.target = adopted
		}
		for _, county := range t.counties {
			l.counties = append(l.counties, cells[place{county.Code, d.Code}])
		}
		t.lines = append(t.lines, l)
	}
	return t
}

func dayZh(t time.Time) string { return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day()) }

func unitZh(unit string) string {
	words := map[string]string{"beds": "张", "persons": "人", "places": "个", "units": "个", "households": "户", "years": "岁", "yuan": "元"}
	if zh, known := words[unit]; known {
		return zh
	}
	return unit
}

func statusZh(s plan.Status) string {
	words := map[plan.Status]string{plan.Ahead: "超前", plan.OnTrack: "正常", plan.Behind: "落后", plan.NoTarget: "未设目标", plan.NoData: "暂无数据"}
	return words[s]
}

// missing stands where there is no number.
const missing = "—"

// number writes a value with thousands and so many decimals.
func number(v *float64, decimals int) string {
	if v == nil {
		return missing
	}
	whole, rest, _ := strings.Cut(strconv.FormatFloat(*v, 'f', decimals, 64), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest
}

// goal writes a target as the plan words its kind.
func (l line) goal() string {
	switch l.kind {
	case plan.Rise:
		return "持续提高"
	case plan.Grow:
		return "明显增长"
	case plan.Floor:
		return "≥" + number(l.target, l.places(l.target))
	case plan.Above:
		return ">" + number(l.target, l.places(l.target))
	}
	return number(l.target, l.places(l.target))
}

// places are the decimals of a number that the plan gives: as many as it has.
func (l line) places(v *float64) int {
	if v == nil {
		return 0
	}
	_, rest, _ := strings.Cut(strconv.FormatFloat(*v, 'f', -1, 64), ".")
	return min(len(rest), 4)
}

// value writes a cell's value. An asterisk: not complete yet. An arrow: a county behind the line.
func (l line) value(c publication.Cell, county bool) string {
	text := number(c.Value, l.placesOf(c))
	if c.Value != nil && !c.Complete {
		text += "*"
	}
	if county && c.Status == plan.Behind {
		text += "↓"
	}
	return text
}

// placesOf are the decimals of a cell's value.
func (l line) placesOf(c publication.Cell) int {
	places, _ := words.Places(l.decimals, c.Value, c.Expected)
	return places
}

// expected writes where the trajectory stands.
func (l line) expected() string { return number(l.whole.Expected, l.placesExpected()) }

// placesExpected are the decimals of what is expected, without zeros at their end that the definition does not ask for.
func (l line) placesExpected() int {
	if l.whole.Expected == nil {
		return l.decimals
	}
	_, places := words.Places(l.decimals, l.whole.Value, l.whole.Expected)
	_, fraction, _ := strings.Cut(words.Number(*l.whole.Expected, places), ".")
	return max(l.decimals, len(fraction))
}

// notes explain the table.
func notes(c publication.Content) []string {
	all := []string{
		"各项指标均由台账记录计算；“应达”为规划目标线在本期末的数值；“—”表示暂无数据或不适用。",
		"“↓”表示该县（市）落后于目标线；“*”表示本期数据尚未完整。",
	}
	if c.Reasons != nil {
		var late uint64
		for _, e := range c.Reasons.Events {
			late += e.Events
		}
		all = append(all, fmt.Sprintf("本次为第 %d 次发布，替代第 %d 次：其后新增记录 %d 条，%d 个单元格有变化。", c.Revision, c.Reasons.Supersedes.Revision, late, len(c.Reasons.Cells)))
	}
	return all
}
