package facts

import (
	"slices"

	"github.com/careledger/careledger/projections/schema"
)

// Version counts what events are turned into. Whoever changes how an event becomes rows, or what a column means, raises it:
// a set that was built with another version is then built anew beside the one that serves.
const Version = 2

// Tables lists the tables of facts: those whose rows above a checkpoint are taken back before a projector goes on.
func Tables() []string {
	return schema.Tables(slices.Concat(Schema(), StandingSchema(), MergeSchema()))
}

// EventColumns are the columns of the table of events behind prefecture and number.
const EventColumns = `event_id UUID, stream String, revision UInt64, type LowCardinality(String),
			recorded_at DateTime64(6, 'UTC'), received_at DateTime64(6, 'UTC'), occurred_on Date32,
			actor LowCardinality(String), device LowCardinality(String), area LowCardinality(String),
			INDEX by_time recorded_at TYPE minmax GRANULARITY 1`

// Schema of the facts. Sort keys begin with the prefecture, by which a large deployment is sharded, and end with the
// ledger number, so that a row written twice is one row.
func Schema() []schema.Step {
	return []schema.Step{
		singly(table("events", EventColumns, "number")),
		table("visits", `elder UUID, visit UUID, occurred_on Date32, mode LowCardinality(String), outcome LowCardinality(String)`,
			"toStartOfMonth(occurred_on), elder, visit, number"),
		table("amendments", `fact UUID, kind LowCardinality(String), was_on Date32`, "fact, number"),
		table("elder_states", `elder UUID, aspect LowCardinality(String), effective_on Date32, area LowCardinality(String),
			sex LowCardinality(String), birth_month Int32, circumstances Array(LowCardinality(String))`,
			"elder, aspect, effective_on, number"),
		table("bed_changes", `area LowCardinality(String), institution UUID, effective_on Date32, beds Int64, nursing Int64, operating Int64`,
			"institution, number"),
		table("stay_changes", `area LowCardinality(String), institution UUID, stay UUID, elder UUID, effective_on Date32, change Int8`,
			"stay, number, change"),
		table("retrofits", `area LowCardinality(String), household UUID, retrofit UUID, accepted_on Date32`, "household, number"),
		table("place_changes", `area LowCardinality(String), childcare UUID, effective_on Date32, places Int64, inclusive Int64`,
			"childcare, number"),
		table("filings", `area LowCardinality(String), childcare UUID, filed_on Date32`, "childcare, number"),
		table("enrolment_changes", `area LowCardinality(String), childcare UUID, enrolment UUID, child UUID, birth_month Int32,
			effective_on Date32, change Int8`, "enrolment, number, change"),
		table("figures", `area LowCardinality(String), series LowCardinality(String), period LowCardinality(String),
			period_end Date32, value Float64, unit LowCardinality(String)`, "series, area, period, number"),
		table("alerts", `alert UUID, state LowCardinality(String), at DateTime64(6, 'UTC'), rule LowCardinality(String),
			code LowCardinality(String), variant LowCardinality(String), area LowCardinality(String), period LowCardinality(String),
			unit LowCardinality(String), reason LowCardinality(String), value Nullable(Float64), expected Nullable(Float64)`, "alert, number"),
		table("parked", `event_id UUID, type LowCardinality(String), reason String`, "number"),
	}
}

// StandingSchema of the facts that came later: standings and activities.
func StandingSchema() []schema.Step {
	return []schema.Step{
		table("standings", `subject UUID, kind LowCardinality(String), standing LowCardinality(String), area LowCardinality(String),
			effective_on Date32, until Date32, holds UInt8, record UUID`, "kind, subject, standing, effective_on, number"),
		table("activities", `subject UUID, kind LowCardinality(String), activity LowCardinality(String), area LowCardinality(String),
			occurred_on Date32, record UUID`, "activity, toStartOfMonth(occurred_on), subject, record, number"),
	}
}

func singly(t schema.Table) schema.Table {
	t.Singly = true
	return t
}

func table(name, columns, order string) schema.Table {
	return schema.Table{
		Name: name, Columns: "prefecture LowCardinality(String), number UInt64, " + columns, Order: "prefecture, " + order,
	}
}
