package httpapi

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
)

// Lineage answers what is behind cells.
type Lineage interface {
	Rows(ctx context.Context, q lineage.Query) (lineage.Page, error)
	Differences(ctx context.Context, q lineage.DifferenceQuery) (lineage.DifferencePage, error)
}

var (
	errNoVariant = fault.New(fault.NotFound, "variant-not-found", "该指标没有这种口径，请核对 variant（见 /api/v1/indicator-definitions）。", "The indicator has no such variant; /api/v1/indicator-definitions lists them.")
	errRole      = fault.New(fault.Invalid, "role-word", "role 须为 numerator、denominator 或 excluded。", "role must be numerator, denominator or excluded.")
	errNoCell    = fault.New(fault.NotFound, "no-such-cell", "指标统计到乡镇（街道）为止，请选乡镇或其上级。", "Indicators are counted down to townships; choose a township or an area above.")
	errAgainst   = fault.New(fault.Invalid, "against-missing", "请给出 against_known_at 或 against_period：与哪一时刻或哪一统计期相比。", "Give against_known_at or against_period: what to compare with.")
)

func (s *server) registerLineage(api huma.API) {
	get(api, s, "indicator-records", "/indicators/{code}/records", "Who or what is behind a cell: in its numerator, in its denominator only, left out and why", access.ReadNumbers, s.records)
	get(api, s, "indicator-diff", "/indicators/{code}/diff", "What makes a cell differ from what was known at another time, or from another period", access.ReadNumbers, s.diff)
}

// CellInput names a cell in a question.
type CellInput struct {
	Code    string `path:"code"`
	Area    string `query:"area" doc:"6 or 9 digits; the prefecture when absent" example:"532601"`
	Period  string `query:"period" doc:"2022-11, 2022-Q4, 2022, SY2022 or MCH2022; the newest month with records when absent"`
	KnownAt string `query:"known_at" doc:"Only what was recorded until then counts: a day, to its end in Asia/Shanghai (Beijing time), or an instant with its own zone (RFC 3339)" example:"2022-12-05"`
	Variant string `query:"variant" doc:"official when absent"`
	Limit   string `query:"limit" doc:"1 to 200; 50 when absent" example:"50"`
	Cursor  string `query:"cursor" doc:"next of the page before"`
}

type recordsInput struct {
	CellInput
	Role string `query:"role" doc:"Only numerator, denominator (those in the denominator only) or excluded; all when absent"`
}

type diffInput struct {
	CellInput
	AgainstKnownAt string `query:"against_known_at" doc:"Compare with what had been recorded until then: a day, to its end in Asia/Shanghai (Beijing time), or an instant with its own zone (RFC 3339)"`
	AgainstPeriod  string `query:"against_period" doc:"Compare with this period"`
}

// cellQuestion is a question about a cell, as it was read.
type cellQuestion struct {
	of    lineage.Of
	state lineage.State
	limit int
}

// scope is what a cursor of a question is good for.
func (q cellQuestion) scope(kind string, more ...string) string {
	return strings.Join(append([]string{kind, q.of.Code, q.of.Variant, q.of.Area, q.state.Period.String(), q.state.KnownAt.String()}, more...), "/")
}

func (s *server) ofCell(ctx context.Context, in CellInput) (q cellQuestion, err error) {
	if _, ok := s.Plan.Find(in.Code, ""); !ok {
		return q, s.noIndicator(in.Code, "/target/code")
	}
	if _, ok := s.Plan.Find(in.Code, in.Variant); !ok {
		return q, errNoVariant.At("/variant")
	}
	q.of = lineage.Of{Code: in.Code, Variant: in.Variant}
	if q.of.Area, err = s.area(in.Area); err != nil {
		return q, err
	}
	if _, ok := s.Areas.Find(q.of.Area); !ok {
		return q, errNoCell.At("/area")
	}
	if q.limit, err = limitOf(in.Limit); err != nil {
		return q, err
	}
	if q.state.Period, err = s.period(ctx, q.of.Area, in.Period); err != nil {
		return q, err
	}
	q.state.KnownAt, err = instantOf(in.KnownAt, "/known_at")
	return q, err
}

// instantOf reads a time of a question; zero where there is none. A bare day is all of it, as the plan's zone has it.
func instantOf(text, pointer string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := calendar.ParseDay(text); err == nil {
		return day.End(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, errInstant.At(pointer)
	}
	return t, nil
}

// RecordsBody is a page of what is behind a cell. Totals are of all rows, on every page.
type RecordsBody struct {
	Items  []RecordRow     `json:"items"`
	Next   string          `json:"next" doc:"Cursor of the next page; empty on the last"`
	Totals RecordTotals    `json:"totals"`
	Cell   indicators.Cell `json:"cell"`
}

// RecordTotals are the sums of what all rows contribute, which are the cell's numerator and denominator.
type RecordTotals struct {
	Numerator   float64  `json:"numerator"`
	Denominator *float64 `json:"denominator" doc:"null where the indicator is a count"`
	Excluded    uint64   `json:"excluded" doc:"How many rows count in neither"`
	Rows        uint64   `json:"rows"`
}

func totalsOf(t lineage.Totals, ratio bool) RecordTotals {
	body := RecordTotals{Numerator: t.Numerator, Excluded: t.Excluded, Rows: t.Rows}
	if ratio {
		body.Denominator = &t.Denominator
	}
	return body
}

func (s *server) records(ctx context.Context, who access.Principal, in *recordsInput) (*answer[RecordsBody], error) {
	asked, err := s.ofCell(ctx, in.CellInput)
	if err != nil {
		return nil, err
	}
	role := lineage.Role(in.Role)
	if role != "" && !slices.Contains(lineage.Roles(), role) {
		return nil, errRole.At("/role")
	}
	scope := asked.scope("records", in.Role)
	text, err := s.readCursor(in.Cursor, scope)
	if err != nil {
		return nil, err
	}
	q := lineage.Query{Of: asked.of, State: asked.state, Role: role, Limit: asked.limit}
	if p := endedAt(text); p != nil {
		q.Number, q.Totals, q.After = p.Numbers[0], p.Totals, p.After.Key
	}
	page, err := s.Lineage.Rows(ctx, q)
	if errors.Is(err, lineage.ErrNoCell) {
		return nil, errNoCell.At("/area")
	}
	if err != nil {
		return nil, err
	}
	body := RecordsBody{Items: make([]RecordRow, len(page.Rows)), Cell: s.due(page.Cell, page.Counted)}
	d, _ := s.Plan.Find(in.Code, in.Variant)
	body.Totals = totalsOf(page.Totals, d.IsRatio())
	keys, areas := make([]lineage.Key, len(page.Rows)), make([]string, len(page.Rows))
	for i, r := range page.Rows {
		keys[i], areas[i] = r.Key, r.Area
	}
	subjects, err := s.subjects(ctx, who, keys, areas)
	if err != nil {
		return nil, err
	}
	for i, r := range page.Rows {
		body.Items[i] = RecordRow{
			RecordSubject: subjects[i], Role: string(r.Role), Reason: lineage.ReasonOf(r.Reason), Numerator: r.Numerator, Denominator: r.Denominator,
			Events: recordEvents(r.Events, subjects[i].Withheld),
		}
	}
	if page.More {
		last := page.Rows[len(page.Rows)-1].Key
		body.Next = s.cursor(ended{Numbers: []uint64{page.Cell.Position}, Totals: &page.Totals, After: lineage.Place{Key: last}}.text(), scope)
	}
	return &answer[RecordsBody]{body}, nil
}

// due says that a cell is incomplete while the projection is catching up, or stands still.
func (s *server) due(c indicators.Cell, counted uint64) indicators.Cell {
	c.Complete = c.Complete && counted >= s.Due()
	return c
}

// DiffBody is a page of what makes a cell differ from another state of it.
type DiffBody struct {
	Items   []DiffRow       `json:"items"`
	Next    string          `json:"next" doc:"Cursor of the next page; empty on the last"`
	Totals  DiffTotals      `json:"totals"`
	Cell    indicators.Cell `json:"cell"`
	Against indicators.Cell `json:"against"`
}

// DiffTotals are the totals of both states, and how many subjects changed in which way.
type DiffTotals struct {
	Before              RecordTotals `json:"before"`
	After               RecordTotals `json:"after"`
	Entered             uint64       `json:"entered"`
	Left                uint64       `json:"left"`
	ChangedRole         uint64       `json:"changed_role"`
	ChangedContribution uint64       `json:"changed_contribution"`
}

func (s *server) diff(ctx context.Context, who access.Principal, in *diffInput) (*answer[DiffBody], error) {
	asked, err := s.ofCell(ctx, in.CellInput)
	if err != nil {
		return nil, err
	}
	against, err := s.against(ctx, asked, in)
	if err != nil {
		return nil, err
	}
	scope := asked.scope("diff", in.AgainstPeriod, in.AgainstKnownAt)
	text, err := s.readCursor(in.Cursor, scope)
	if err != nil {
		return nil, err
	}
	q := lineage.DifferenceQuery{Of: asked.of, State: asked.state, Against: against, Limit: asked.limit}
	if p := endedAt(text); p != nil {
		q.Number, q.Against.Number, q.After = p.Numbers[0], p.Numbers[1], p.After
	}
	leave, err := s.large.enter(ctx, errBusyReading)
	if err != nil {
		return nil, err
	}
	defer leave()
	page, err := s.Lineage.Differences(ctx, q)
	if errors.Is(err, lineage.ErrNoCell) {
		return nil, errNoCell.At("/area")
	}
	if err != nil {
		return nil, err
	}
	d, _ := s.Plan.Find(in.Code, in.Variant)
	body := DiffBody{Cell: s.due(page.Cell, page.Counted), Against: s.due(page.Against, page.Counted), Totals: DiffTotals{
		Before: totalsOf(page.Totals.Before, d.IsRatio()), After: totalsOf(page.Totals.After, d.IsRatio()),
		Entered: page.Totals.Changed[lineage.Entered], Left: page.Totals.Changed[lineage.Left],
		ChangedRole: page.Totals.Changed[lineage.OtherRole], ChangedContribution: page.Totals.Changed[lineage.OtherAmount],
	}}
	if body.Items, err = s.diffRows(ctx, who, page.Rows); err != nil {
		return nil, err
	}
	if page.More {
		body.Next = s.cursor(ended{Numbers: []uint64{page.Cell.Position, page.Against.Position}, After: page.Last()}.text(), scope)
	}
	return &answer[DiffBody]{body}, nil
}

// against is the other state of a comparison: what is not named is as in the one asked for.
func (s *server) against(ctx context.Context, asked cellQuestion, in *diffInput) (state lineage.State, err error) {
	if in.AgainstKnownAt == "" && in.AgainstPeriod == "" {
		return state, errAgainst.At("/against_known_at")
	}
	state = asked.state
	if in.AgainstPeriod != "" {
		if state.Period, err = s.period(ctx, asked.of.Area, in.AgainstPeriod); err != nil {
			return state, errPeriod.At("/against_period")
		}
	}
	if in.AgainstKnownAt != "" {
		state.KnownAt, err = instantOf(in.AgainstKnownAt, "/against_known_at")
	}
	return state, err
}

// ended is where a page ended: the ledger numbers of its cells, the totals of all rows, and its last row.
type ended struct {
	Numbers []uint64
	Totals  *lineage.Totals
	After   lineage.Place
}

func (e ended) text() string {
	b, _ := json.Marshal(e) // numbers and words can be written
	return hex.EncodeToString(b)
}

// endedAt reads what text wrote, under our own signature; nil for the first page.
func endedAt(text string) *ended {
	b, err := hex.DecodeString(text)
	var e ended
	if err != nil || json.Unmarshal(b, &e) != nil {
		return nil
	}
	return &e
}
