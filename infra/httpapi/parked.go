package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

// Parked answers the events that could not be counted, and has them tried again.
type Parked interface {
	List(ctx context.Context, after uint64, limit int) ([]facts.Parked, error)
	// Replay tries the events with these numbers, or all of them where there are none.
	Replay(ctx context.Context, numbers []uint64) (projector.Replayed, error)
}

// ParkedEvent is an event that could not be counted. It holds nothing of what the event says.
type ParkedEvent struct {
	Number   uint64     `json:"number,string" doc:"Its ledger number"`
	ID       uuid.UUID  `json:"id" format:"uuid"`
	Type     string     `json:"type" example:"HomeVisitLogged.v1"`
	Stream   string     `json:"stream"`
	Revision uint64     `json:"revision,string"`
	Area     string     `json:"area" example:"532601001"`
	Occurred string     `json:"occurred" example:"2022-11" doc:"The month in which it happened; empty where that is not known"`
	Areas    []string   `json:"areas" doc:"Cells of these areas, of what lies in them and of what they lie in may be wrong; none: of all"`
	Since    string     `json:"since" example:"2022-11" doc:"…from this month on; empty: from the first"`
	Reason   string     `json:"reason" doc:"unknown-type, fold-broke or not-in-log"`
	Detail   string     `json:"detail"`
	DetailZh string     `json:"detail_zh"`
	Panic    string     `json:"panic" example:"runtime.boundsError" doc:"The Go type of what the fold panicked with; never its text"`
	Stack    []string   `json:"stack" doc:"Where the fold panicked: function (file:line), innermost first"`
	ParkedAt *time.Time `json:"parked_at" doc:"null: by a build that did not say when"`
	TriedAt  *time.Time `json:"tried_at" doc:"When it was last tried"`
}

type parkedInput struct {
	Limit  string `query:"limit" doc:"1 to 200; 50 when absent" example:"50"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

type replayInput struct {
	Body struct {
		Numbers []string `json:"numbers,omitempty" doc:"Ledger numbers; absent or empty: all that are parked" example:"[\"70124\"]"`
	}
}

// mostReplayed bounds the numbers of one request.
const mostReplayed = 1000

func (s *server) registerParked(api huma.API) {
	get(api, s, "parked", "/parked", "Events that could not be counted, by ledger number", access.ReadNumbers, s.parked)
	huma.Register(api, huma.Operation{
		OperationID: "replay-parked", Method: http.MethodPost, Path: "/api/v1/parked/replay", Tags: []string{"upkeep"}, Responses: problems(api),
		Summary: "Try parked events again",
		Description: "For administrators. Answers when the projector has tried them, or has not gone on for a while: `waiting` of them are " +
			"then still to be tried. Trying twice changes nothing.",
	}, s.replayParked)
}

func (s *server) parked(ctx context.Context, _ access.Principal, in *parkedInput) (*answer[list[ParkedEvent]], error) {
	limit, err := limitOf(in.Limit)
	if err != nil {
		return nil, err
	}
	text, err := s.readCursor(in.Cursor, "parked")
	if err != nil {
		return nil, err
	}
	after, err := strconv.ParseUint(text, 10, 64)
	if err != nil { // the first page
		after = 0
	}
	rows, err := s.Parked.List(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	page := list[ParkedEvent]{Items: make([]ParkedEvent, len(rows))}
	for i, row := range rows {
		page.Items[i] = parkedEvent(row)
	}
	if len(rows) == limit {
		page.Next = s.cursor(strconv.FormatUint(rows[limit-1].Number, 10), "parked")
	}
	return &answer[list[ParkedEvent]]{page}, nil
}

func parkedEvent(row facts.Parked) ParkedEvent {
	e := ParkedEvent{
		Number: row.Number, ID: row.EventID, Type: row.Type, Stream: row.Stream, Revision: row.Revision, Area: row.Area,
		Occurred: monthOf(row.OccurredIn), Areas: append([]string{}, row.Areas...), Since: monthOf(row.Since), Reason: row.Reason,
		Panic: row.Panic, Stack: append([]string{}, row.Stack...), ParkedAt: instant(row.ParkedAt), TriedAt: instant(row.TriedAt),
	}
	switch row.Reason {
	case facts.ReasonUnknown:
		e.Detail, e.DetailZh = "This build does not know the type, or cannot read the event; a newer one may.", "本版本不认识该事件类型或无法读取，请升级后重放。"
	case facts.ReasonMissing:
		e.Detail, e.DetailZh = "The log does not hold the event where it was found; delete the warehouse, and it is built anew from the log.", "日志的原位置上没有该事件；请删除统计仓库，它会由日志重建。"
	default:
		e.Detail, e.DetailZh = "Counting it broke off; a corrected build will count it.", "统计该事件时程序出错，修正版本会将其计入。"
	}
	return e
}

func monthOf(m int32) string {
	if m == 0 {
		return ""
	}
	return calendar.Month(m).String()
}

// instant leaves out a time that was never.
func instant(t time.Time) *time.Time {
	if !t.After(facts.Never()) {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s *server) replayParked(ctx context.Context, in *replayInput) (*answer[projector.Replayed], error) {
	if _, err := s.caller(ctx, access.Maintain); err != nil {
		return nil, s.fail(ctx, err)
	}
	numbers, err := numbersOf(in.Body.Numbers)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	replayed, err := s.Parked.Replay(ctx, numbers)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &answer[projector.Replayed]{replayed}, nil
}

// numbersOf reads ledger numbers, each once.
func numbersOf(texts []string) ([]uint64, error) {
	if len(texts) > mostReplayed {
		return nil, errNumberRange.At("/numbers")
	}
	var numbers []uint64
	known := map[uint64]bool{}
	for i, text := range texts {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil || n == 0 {
			return nil, errNumberRange.At("/numbers/" + strconv.Itoa(i))
		}
		if !known[n] {
			known[n] = true
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}
