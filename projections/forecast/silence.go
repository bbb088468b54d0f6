package forecast

import (
	"fmt"
)

// Silence is why nothing is forecast, one sentence each.
type Silence struct {
	Chinese string `json:"zh"`
	English string `json:"en"`
}

const (
	fewestMonths  = 8
	fewestPeriods = 4
	longestQuiet  = 3 // places without a value at the end
	farthest      = 2 // times as far ahead as the history is long
)

// fewest is how many values there must be.
func fewest(every int) int {
	if every == 1 {
		return fewestMonths
	}
	return fewestPeriods
}

// silence is why the values cannot carry a forecast; nil: they can.
func (s Series) silence(points []point, ahead int) *Silence {
	first, last := points[0], points[len(points)-1]
	span := last.x - first.x + 1
	switch {
	case ahead < 1:
		return &Silence{
			fmt.Sprintf("已有数据到 %s，目标期限 %s 之后不再预测，请直接看当期数值。", s.monthOf(last.x), s.Deadline),
			fmt.Sprintf("There are values up to %s: nothing is left to forecast before the deadline in %s; see the value itself.", s.monthOf(last.x), s.Deadline),
		}
	case len(points) < fewest(s.Every):
		return tooFew(s.Every, len(points))
	case len(s.Values)-1-last.x > longestQuiet:
		return &Silence{
			fmt.Sprintf("%s 之后没有完整月份的数值，请先补齐记录。", s.monthOf(last.x)),
			fmt.Sprintf("There is no value of a complete month after %s; record what is missing first.", s.monthOf(last.x)),
		}
	case 3*len(points) < 2*span:
		return &Silence{
			fmt.Sprintf("%s 至 %s 的 %d 期中只有 %d 期有数值，缺口过多，请先补齐。", s.monthOf(first.x), s.monthOf(last.x), span, len(points)),
			fmt.Sprintf("Only %d of the %d periods from %s to %s have a value; fill the gaps first.", len(points), span, s.monthOf(first.x), s.monthOf(last.x)),
		}
	}
	if unmoved := s.unmoved(points); unmoved != nil || ahead <= farthest*span {
		return unmoved
	}
	return &Silence{
		fmt.Sprintf("%d 个月的历史不足以预测 %d 个月之后，至少需要 %d 个月。", span*s.Every, ahead*s.Every, (ahead+1)/farthest*s.Every),
		fmt.Sprintf("A history of %d months cannot carry a forecast %d months ahead; it needs %d.", span*s.Every, ahead*s.Every, (ahead+1)/farthest*s.Every),
	}
}

func tooFew(every, are int) *Silence {
	zh, en := "个完整月份", "complete months"
	if every > 1 {
		zh, en = "个完整统计期", "complete periods"
	}
	return &Silence{
		fmt.Sprintf("只有 %d %s的数值，至少需要 %d 个。", are, zh, fewest(every)),
		fmt.Sprintf("Only %d %s have a value; a forecast needs %d.", are, en, fewest(every)),
	}
}

// unmoved is the silence of a value that has never changed.
func (s Series) unmoved(points []point) *Silence {
	for _, p := range points[1:] {
		if p.y != points[0].y {
			return nil
		}
	}
	since := s.monthOf(points[0].x)
	return &Silence{
		fmt.Sprintf("自 %s 以来数值一直未变，没有可以延伸的趋势。", since),
		fmt.Sprintf("The value has not changed since %s; there is no trend to go on.", since),
	}
}

// Counting is the silence while the numbers are still being counted.
func Counting() *Silence {
	return &Silence{"数字仍在统计中，请稍后再看。", "The numbers are still being counted; ask again shortly."}
}
