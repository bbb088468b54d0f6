package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
)

// Problem is something that is wrong with a plan file: its line and column, from 1, and what to do. Pointer says which
// member it is. A warning does not keep the plan from being used.
type Problem struct {
	*fault.Error
	Line    int
	Column  int
	Warning bool
}

// Against is what a plan is held against. Areas nil: codes of areas are not looked up. Measure answers an error for what
// cannot be counted, and whether a measure is the series of a reported figure; nil: measures are not looked at. Today 0:
// no day is in the future.
type Against struct {
	Areas   *area.Table
	Measure func(measure string) (reported bool, err error)
	Today   calendar.Day
}

// Check says all that is wrong with a plan file, by line.
func Check(content []byte, against Against) []Problem {
	s := readShape(content)
	c := &checker{shape: s, against: against}
	if !s.broken {
		if err := json.Unmarshal(s.readable(), &c.p); err != nil { // a value that Go refuses and the shape does not
			s.fail("", problem("value-form", "文件内容无法读取："+err.Error(), "The file cannot be read: "+err.Error()))
		} else {
			c.all()
		}
	}
	slices.SortStableFunc(s.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return s.problems
}

// mostRefused is how many problems a refusal names; the check names all.
const mostRefused = 5

// Refusal joins the first problems that keep a plan from being used, each with its line; nil where there is none.
func Refusal(problems []Problem) error {
	wrong := slices.DeleteFunc(slices.Clone(problems), func(p Problem) bool { return p.Warning })
	if len(wrong) == 0 {
		return nil
	}
	var zh, en strings.Builder
	for _, p := range wrong[:min(len(wrong), mostRefused)] {
		fmt.Fprintf(&zh, "\n%d:%d %s", p.Line, p.Column, p.Chinese)
		fmt.Fprintf(&en, "\n%d:%d %s", p.Line, p.Column, p.English)
	}
	const advice = "careledger plan check FILE"
	return fault.New(fault.Invalid, "plan-refused", fmt.Sprintf("规划文件有 %d 处有误，%s 逐行列出：%s", len(wrong), advice, zh.String()),
		fmt.Sprintf("the plan cannot be used, %d things are wrong in it; `%s` lists all by line:%s", len(wrong), advice, en.String()))
}

func problem(code, chinese, english string) *fault.Error {
	return fault.New(fault.Invalid, code, chinese, english)
}

// fail notes a problem of the member that pointer names, or of the nearest that is there above it.
func (s *shape) fail(pointer string, e *fault.Error) { s.note(pointer, e, false) }

func (s *shape) warn(pointer string, e *fault.Error) { s.note(pointer, e, true) }

func (s *shape) note(pointer string, e *fault.Error, warning bool) {
	near := pointer
	offset, there := s.at[near]
	for !there && near != "" {
		near = near[:strings.LastIndexByte(near, '/')]
		offset, there = s.at[near]
	}
	s.noteAt(offset, e.At(pointer), warning)
}

func (s *shape) noteAt(offset int64, e *fault.Error, warning bool) {
	before := s.content[:min(int(offset), len(s.content))]
	start := bytes.LastIndexByte(before, '\n') + 1
	s.problems = append(s.problems, Problem{
		Error: e, Line: 1 + bytes.Count(before, []byte("\n")), Column: 1 + utf8.RuneCount(before[start:]), Warning: warning,
	})
}
