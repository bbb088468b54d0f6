package httpapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page; empty on the last"`
}

type answer[T any] struct{ Body T }

func (s *server) registerReads(api huma.API) {
	get(api, s, "indicators", "/indicators", "The indicators of an area and period", access.ReadNumbers, s.cells)
	get(api, s, "trend", "/indicators/{code}/trend", "One indicator of one area, month by month", access.ReadNumbers, s.trend)
	get(api, s, "indicator-definitions", "/indicator-definitions", "How each indicator is counted, in the plan's order", access.ReadNumbers, s.definitions)
	get(api, s, "periods", "/periods", "Which months there are", access.ReadNumbers, s.periods)
	get(api, s, "areas", "/areas", "The areas of the prefecture", access.ReadNumbers, s.areas)
	get(api, s, "alerts", "/alerts", "Alerts of an area and all below it, newest first", access.ReadNumbers, s.alerts)
	get(api, s, "status", "/status", "How far the numbers are behind the log, and how the parts are", access.ReadNumbers, s.status)
	get(api, s, "elders", "/elders", "Elders of an area by page, or found by exact name or ID number", access.ReadPeople, s.elders)
	get(api, s, "elder", "/elders/{elder}", "One elder with the newest visits", access.ReadPeople, s.elder)
	get(api, s, "session", "/session", "Who is signed in", access.ReadNumbers, s.session)
	huma.Register(api, huma.Operation{
		OperationID: "sign-out", Method: http.MethodPost, Path: "/api/v1/sign-out", Summary: "End the session", Tags: []string{"session"},
		DefaultStatus: http.StatusNoContent, Responses: problems(api),
	}, s.signOut)
}

// get registers a question that needs an action's right.
func get[I, O any](api huma.API, s *server, id, path, summary string, a access.Action, ask func(ctx context.Context, who access.Principal, in *I) (*O, error)) {
	op := huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary, Tags: []string{"questions"}, Responses: problems(api)}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		who, err := s.caller(ctx, a)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		out, err := ask(ctx, who, in)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	})
}

type cellsInput struct {
	Area    string `query:"area" doc:"6, 9 or 12 digits; the prefecture when absent"`
	Period  string `query:"period" doc:"2022-11, 2022-Q4, 2022, SY2022 or MCH2022; the newest month with records when absent"`
	Level   string `query:"level" doc:"self, county or township: the area itself or those below it"`
	Code    string `query:"code" doc:"Only these indicators, by commas"`
	KnownAt string `query:"known_at" doc:"Only what was recorded until then counts (RFC 3339)" example:"2022-12-05T00:00:00Z"`
	Cursor  string `query:"cursor" doc:"next of the page before"`
}

// CellsBody is the answer to a question for indicators. Frontier is the ledger number that the numbers fold; Head the newest.
type CellsBody struct {
	Items    []indicators.Cell `json:"items"`
	Next     string            `json:"next"`
	Frontier uint64            `json:"frontier,string"`
	Head     uint64            `json:"head,string"`
}

func (s *server) cells(ctx context.Context, _ access.Principal, in *cellsInput) (*answer[CellsBody], error) {
	q := cellsQuery{indicators.Query{Level: indicators.Level(in.Level)}}
	var err error
	if q.Area, err = s.area(in.Area); err != nil {
		return nil, err
	}
	if q.Period, err = s.period(ctx, q.Area, in.Period); err != nil {
		return nil, err
	}
	if !slices.Contains([]indicators.Level{"", indicators.Self, indicators.Counties, indicators.Townships}, q.Level) {
		return nil, errLevel.At("/level")
	}
	if in.KnownAt != "" {
		if q.KnownAt, err = time.Parse(time.RFC3339, in.KnownAt); err != nil {
			return nil, errInstant.At("/known_at")
		}
	}
	if in.Code != "" {
		q.Codes = strings.Split(in.Code, ",")
		for _, code := range q.Codes {
			if !slices.ContainsFunc(s.Plan.Definitions, func(d plan.Definition) bool { return d.Code == code }) {
				return nil, errNoIndicator.At("/code")
			}
		}
	}
	from, err := s.readCursor(in.Cursor, q.scope())
	if err != nil {
		return nil, err
	}
	a, err := s.Cells.Cells(ctx, q.Query)
	if err != nil {
		return nil, err
	}
	return s.cellsPage(a, from, q.scope()), nil
}

// cellsQuery is a question for cells; its scope is what a cursor of it is good for.
type cellsQuery struct{ indicators.Query }

func (q cellsQuery) scope() string {
	return strings.Join([]string{"cells", q.Area, q.Period.String(), string(q.Level), strings.Join(q.Codes, ","), q.KnownAt.String()}, "/")
}

// mostCells bounds a page of cells.
const mostCells = 5_000

// cellsPage cuts the page that begins at a place.
func (s *server) cellsPage(a indicators.Answer, from, scope string) *answer[CellsBody] {
	start, err := strconv.Atoi(from)
	if err != nil { // the first page
		start = 0
	}
	start = min(start, len(a.Cells))
	end := min(start+mostCells, len(a.Cells))
	more := end < len(a.Cells)
	a.Cells = a.Cells[start:end]
	page := s.cellsBody(a)
	if more {
		page.Body.Next = s.cursor(strconv.Itoa(end), scope)
	}
	return page
}

func (s *server) cellsBody(a indicators.Answer) *answer[CellsBody] {
	if a.Cells == nil {
		a.Cells = []indicators.Cell{}
	}
	return &answer[CellsBody]{CellsBody{Items: a.Cells, Frontier: a.Frontier, Head: max(s.Head(), a.Frontier)}}
}

type trendInput struct {
	Code    string `path:"code"`
	Area    string `query:"area"`
	From    string `query:"from" doc:"First month, 2021-12; eleven months before to when absent"`
	To      string `query:"to" doc:"Last month; the newest with records when absent"`
	Variant string `query:"variant" doc:"official when absent"`
}

const longestTrend = 240

func (s *server) trend(ctx context.Context, _ access.Principal, in *trendInput) (*answer[CellsBody], error) {
	q := indicators.TrendQuery{Code: in.Code, Variant: in.Variant}
	if _, ok := s.Plan.Find(in.Code, in.Variant); !ok {
		return nil, errNoIndicator.At("/code")
	}
	var err error
	if q.Area, err = s.area(in.Area); err != nil {
		return nil, err
	}
	to, err := s.period(ctx, q.Area, in.To)
	if errors.Is(err, errPeriod) {
		return nil, errPeriod.At("/to")
	}
	if err != nil {
		return nil, err
	}
	q.To = to.Last.Month()
	q.From = q.To - 11
	if in.From != "" {
		if q.From, err = calendar.ParseMonth(in.From); err != nil {
			return nil, errPeriod.At("/from")
		}
	}
	if q.From > q.To || q.To-q.From >= longestTrend {
		return nil, errPeriod.At("/from")
	}
	a, err := s.Cells.Trend(ctx, q)
	if err != nil {
		return nil, err
	}
	return s.cellsBody(a), nil
}

// area normalises the code of a question; the prefecture where there is none.
func (s *server) area(code string) (string, error) {
	if code == "" {
		return s.Areas.Root().Code, nil
	}
	normal, err := s.Areas.Normalise(code)
	if f, ok := fault.Of(err); ok {
		return "", f.At("/area")
	}
	return normal, nil
}

func (s *server) period(ctx context.Context, area, text string) (calendar.Period, error) {
	if text == "" {
		p, err := s.Cells.Periods(ctx, area)
		return calendar.MonthPeriod(p.Newest), err
	}
	p, err := calendar.ParsePeriod(text)
	if err != nil {
		return p, errPeriod.At("/period")
	}
	return p, nil
}

func (s *server) definitions(context.Context, access.Principal, *struct{}) (*answer[list[plan.Definition]], error) {
	return &answer[list[plan.Definition]]{list[plan.Definition]{Items: s.Plan.Definitions}}, nil
}

type areaInput struct {
	Area string `query:"area"`
}

func (s *server) periods(ctx context.Context, _ access.Principal, in *areaInput) (*answer[indicators.Periods], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	p, err := s.Cells.Periods(ctx, code)
	return &answer[indicators.Periods]{p}, err
}

// Area is a division on the wire.
type Area struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	Level  string `json:"level" enum:"prefecture,county,township"`
	Parent string `json:"parent"`
}

func (s *server) areas(context.Context, access.Principal, *struct{}) (*answer[list[Area]], error) {
	items := []Area{}
	for _, a := range s.Areas.All() {
		items = append(items, Area{Code: a.Code, Name: a.Name, Level: string(a.Level), Parent: a.Parent})
	}
	return &answer[list[Area]]{list[Area]{Items: items}}, nil
}

type alertsInput struct {
	Area  string `query:"area"`
	State string `query:"state" doc:"open, resolved or all; open when absent"`
}

func (s *server) alerts(ctx context.Context, _ access.Principal, in *alertsInput) (*answer[list[registers.Alert]], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	state := map[string]string{"": "open", "open": "open", "resolved": "resolved", "all": ""}
	wanted, known := state[in.State]
	if !known {
		return nil, errState.At("/state")
	}
	items, err := s.Registers.Alerts(ctx, s.Plan.Prefecture, within(s.Areas, code), wanted)
	if err != nil {
		return nil, err
	}
	if items == nil {
		items = []registers.Alert{}
	}
	return &answer[list[registers.Alert]]{list[registers.Alert]{Items: items}}, nil
}

// within lists an area and everything below it, by code.
func within(areas *area.Table, code string) []string {
	var codes []string
	for _, a := range areas.Within(code) {
		codes = append(codes, a.Code)
	}
	if len(codes) == 0 {
		codes = []string{code} // a community
	}
	return codes
}

func (s *server) status(ctx context.Context, _ access.Principal, _ *struct{}) (*answer[Status], error) {
	return &answer[Status]{s.Status(ctx)}, nil
}
