package main

import (
	"encoding/json"
	"strings"
)

// subjectLine is who or what a row is of, as the API answers it.
type subjectLine struct {
	Kind           string `json:"kind"`
	Subject        string `json:"subject"`
	Name           string `json:"name"`
	IDNumberMasked string `json:"id_number_masked"`
	Area           string `json:"area"`
	AreaName       string `json:"area_name"`
	Events         []struct {
		Number string `json:"number"`
	} `json:"events"`
}

// numbers are the ledger numbers of the events.
func (s subjectLine) numbers() string {
	all := make([]string, len(s.Events))
	for i, e := range s.Events {
		all[i] = e.Number
	}
	return strings.Join(all, " ")
}

// shareLine is what a subject is to a number.
type shareLine struct {
	Role        string  `json:"role"`
	Numerator   float64 `json:"numerator"`
	Denominator float64 `json:"denominator"`
	Reason      struct {
		Code string `json:"code"`
		Zh   string `json:"zh"`
		En   string `json:"en"`
	} `json:"reason"`
}

var recordLines = columns{
	header: []string{"role", "numerator", "denominator", "reason", "reason_zh", "kind", "subject", "name", "id_number", "area", "area_name", "events"},
	of: func(item json.RawMessage) ([]string, error) {
		var r struct {
			subjectLine
			shareLine
		}
		err := json.Unmarshal(item, &r)
		return []string{
			r.Role, amountText(&r.Numerator), amountText(&r.Denominator), r.Reason.En, r.Reason.Zh, r.Kind, r.Subject, cellText(r.Name), r.IDNumberMasked,
			r.Area, r.AreaName, r.numbers(),
		}, err
	},
}

var diffLines = columns{
	header: []string{"change", "numerator", "denominator", "before", "after", "kind", "subject", "name", "id_number", "area", "area_name", "events"},
	of: func(item json.RawMessage) ([]string, error) {
		var r struct {
			subjectLine
			Change      string     `json:"change"`
			Numerator   float64    `json:"numerator"`
			Denominator float64    `json:"denominator"`
			Before      *shareLine `json:"before"`
			After       *shareLine `json:"after"`
		}
		err := json.Unmarshal(item, &r)
		return []string{
			r.Change, amountText(&r.Numerator), amountText(&r.Denominator), r.Before.text(), r.After.text(), r.Kind, r.Subject, cellText(r.Name), r.IDNumberMasked,
			r.Area, r.AreaName, r.numbers(),
		}, err
	},
}

// text is a share in one field.
func (s *shareLine) text() string {
	if s == nil {
		return "-"
	}
	return s.Role + " (" + s.Reason.En + " / " + s.Reason.Zh + ")"
}

// cellText keeps a spreadsheet from taking a name for a formula.
func cellText(text string) string {
	if text != "" && strings.ContainsAny(text[:1], "=+-@") {
		return "'" + text
	}
	return text
}
