package httpapi

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
)

type cellsInput struct {
	Area    string `query:"area" doc:"6, 9 or 12 digits; the prefecture when absent"`
	Period  string `query:"period" doc:"2022-11, 2022-Q4, 2022, SY2022 or MCH2022; the newest month with records when absent"`
	Level   string `query:"level" doc:"self, county or township: the area itself or those below it"`
	Code    string `query:"code" doc:"Only these indicators, by commas"`
	KnownAt string `query:"known_at" doc:"Only what was recorded until then counts: a day, to its end in Asia/Shanghai (Beijing time), or an instant with its own zone (RFC 3339)" example:"2022-12-05"`
	Cursor  string `query:"cursor" doc:"next of the page before"`
}

// levels are the words that a question may name areas below by.
var levels = []indicators.Level{"", indicators.Self, indicators.Counties, indicators.Townships}

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
	if !slices.Contains(levels, q.Level) {
		return nil, errLevel.At("/level")
	}
	if q.KnownAt, err = instantOf(in.KnownAt, "/known_at"); err != nil {
		return nil, err
	}
	if in.Code != "" {
		q.Codes = strings.Split(in.Code, ",")
		for _, code := range q.Codes {
			if !slices.ContainsFunc(s.Plan.Definitions, func(d plan.Definition) bool { return d.Code == code }) {
				return nil, s.noIndicator(code, "/code")
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
	if a.Counted < s.Due() { // the projection is catching up, or stands still
		for i := range a.Cells {
			a.Cells[i].Complete = false
		}
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
		return nil, s.noIndicator(in.Code, "/code")
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
