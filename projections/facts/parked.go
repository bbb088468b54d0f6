package facts

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/projections/schema"
)

// Why an event is parked.
const (
	ReasonUnknown = "unknown-type" // this build does not know the type, or cannot read an event of it
	ReasonBroken  = "fold-broke"   // the fold panicked
	ReasonMissing = "not-in-log"   // the log does not hold the event where it was found
)

// Parked is an event that could not be folded. Cells that it may touch say that they are incomplete until it is settled:
// folded after all, with its rows written and those cells counted again. A row written again stands for the one before.
//
// Stack and Panic say where and with what kind of value the fold panicked, never the value: it may hold somebody's data.
type Parked struct {
	Key
	EventID    uuid.UUID `ch:"event_id"`
	Type       string    `ch:"type"`
	Reason     string    `ch:"reason"`
	Panic      string    `ch:"panic"` // the Go type of what the fold panicked with
	Stack      []string  `ch:"stack"` // innermost first, as function (file:line)
	Stream     string    `ch:"stream"`
	Revision   uint64    `ch:"revision"`
	Area       string    `ch:"area"`
	OccurredIn int32     `ch:"occurred_in"` // calendar.Month; 0: not known
	Areas      []string  `ch:"areas"`       // it may touch these, what lies in them and what they lie in; none: everything
	Since      int32     `ch:"since"`       // calendar.Month; it may touch this and all later ones
	ParkedAt   time.Time `ch:"parked_at"`
	TriedAt    time.Time `ch:"tried_at"`   // when it was last tried to fold it
	Request    uuid.UUID `ch:"request"`    // for which replay that was
	SettledAt  time.Time `ch:"settled_at"` // just before its cells were counted with it; Never: it is parked
}

// Never is the time of what has not happened yet.
func Never() time.Time { return time.Unix(0, 0).UTC() }

// Table implements Row.
func (Parked) Table() string { return "parked" }

// ParkedQuery asks for parked events by number. Numbers empty: all of them.
type ParkedQuery struct {
	After, UpTo uint64
	Numbers     []uint64
	NotOf       uuid.UUID // leaves out those that were tried for this replay
	Limit       int
}

// ParkedAnswers says how far a replay is: which events of it wait to be tried, which were tried and stay parked, and the
// highest number of either.
type ParkedAnswers struct{ Waiting, Tried, Last uint64 }

// ParkedSchema is what the table of parked events has beyond its first form.
func ParkedSchema() []schema.Step {
	column := func(name, kind string) schema.Step { return schema.Column{Table: "parked", Name: name, Type: kind} }
	return []schema.Step{
		column("panic", "LowCardinality(String)"), column("stack", "Array(String)"), column("stream", "String"), column("revision", "UInt64"),
		column("area", "LowCardinality(String)"), column("occurred_in", "Int32"), column("areas", "Array(LowCardinality(String))"),
		column("since", "Int32"), column("parked_at", "DateTime64(6, 'UTC')"), column("tried_at", "DateTime64(6, 'UTC')"),
		column("request", "UUID"), column("settled_at", "DateTime64(6, 'UTC')"),
	}
}

// stillParked are a prefecture's events that are not settled; {db} stands for the database.
const stillParked = `{db}.parked FINAL WHERE prefecture = @prefecture AND toUnixTimestamp64Micro(settled_at) = 0`

// ParkedSQL answers a page of parked events by number; parameters @prefecture, @after, @upto, @numbers, @notof, @limit.
// Rows of an earlier build have no place of their own: it is that of the envelope.
const ParkedSQL = `SELECT p.prefecture AS prefecture, p.number AS number, event_id, type, reason, panic, stack,
	if(p.stream = '', e.stream, p.stream) AS stream, if(p.stream = '', e.revision, p.revision) AS revision,
	if(p.stream = '', e.area, toString(p.area)) AS area, if(p.stream = '', e.occurred_in, p.occurred_in) AS occurred_in,
	areas, since, parked_at, tried_at, request, settled_at
FROM (
	SELECT * FROM ` + stillParked + ` AND number > @after AND number <= @upto
		AND (empty(@numbers) OR number IN @numbers) AND (toString(request) != @notof OR request = toUUID('00000000-0000-0000-0000-000000000000'))
	ORDER BY number LIMIT @limit
) AS p
LEFT JOIN (
	SELECT number, any(stream) AS stream, any(revision) AS revision, any(toString(area)) AS area,
		any(toInt32(if(occurred_on = toDate32(0), 0, toYear(occurred_on) * 12 + toMonth(occurred_on) - 1))) AS occurred_in
	FROM {db}.events
	WHERE prefecture = @prefecture AND number IN (SELECT number FROM {db}.parked WHERE prefecture = @prefecture AND stream = '')
	GROUP BY number
) AS e ON p.number = e.number
ORDER BY number`

// ParkedCountSQL counts parked events; parameter @prefecture.
const ParkedCountSQL = `SELECT count() FROM ` + stillParked

// ParkedAnswersSQL answers ParkedAnswers; parameters @prefecture, @upto, @numbers, @request.
const ParkedAnswersSQL = `SELECT countIf(toString(request) != @request) AS waiting, countIf(toString(request) = @request) AS tried, max(number) AS last
FROM ` + stillParked + ` AND number <= @upto AND (empty(@numbers) OR number IN @numbers)`
