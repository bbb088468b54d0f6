package app

import (
	"bytes"
	"fmt"
	"os"
	"time"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

// CheckPlan says all that is wrong with a plan file, held against an area table (empty: Wenshan's) and what can be counted.
func CheckPlan(path, areas string) ([]plan.Problem, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("the plan file cannot be read / 无法读取规划文件: %w", err)
	}
	table, err := readAreas(areas)
	if err != nil {
		return nil, err
	}
	return plan.Check(content, plan.Against{Areas: table, Measure: countable, Today: calendar.DayOf(time.Now())}), nil
}

// countable answers whether a measure can be counted, and whether it is the series of a reported figure.
func countable(measure string) (reported bool, err error) {
	m, err := indicators.ParseMeasure(measure)
	return m.Kind == "" && m.Word != indicators.TownshipCount && indicators.GroupOf(m.Word) == indicators.Figures, err
}

// readPlan reads a plan that can be used as it is; nothing of a file that has a fault is taken.
func readPlan(path, areas string) (*plan.Plan, error) {
	if path == "" {
		return plan.Wenshan()
	}
	problems, err := CheckPlan(path, areas)
	if err == nil {
		err = plan.Refusal(problems)
	}
	if err != nil {
		return nil, fmt.Errorf("--plan: %w", err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--plan: %w", err)
	}
	return plan.Read(bytes.NewReader(content))
}
