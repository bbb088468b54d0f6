package freshness

import (
	"strings"

	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/unit"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/schema"
)

// Table holds the newest record of each area and device, as it stands in the table of events: the highest number wins.
// Rows above a checkpoint are not taken back from it: they are read again, and come back equal.
const Table = "heard"

// Schema of the table and of what fills it.
func Schema() []schema.Step {
	return []schema.Step{
		schema.Table{
			Name: Table, Columns: "prefecture LowCardinality(String), number UInt64, " + facts.EventColumns,
			Order: "prefecture, area, device", Version: "number",
		},
		heard("", people()...),
	}
}

// NewestSchema fills the table from units, which came later, as well, and lets an insert copy one row for each area and
// device.
func NewestSchema() []schema.Step {
	return []schema.Step{schema.Recopy{Copy: heard("prefecture, area, device", append(people(), unit.Decider().Category)...)}}
}

func heard(each string, categories ...string) schema.Copy {
	return schema.Copy{Name: "events_to_heard", From: "events", To: Table, Where: ofPeople(categories...), Each: each}
}

func people() []string {
	return []string{
		elder.Decider().Category, child.Decider().Category, institution.Decider().Category, childcare.Decider().Category,
		retrofit.Decider().Category, figure.Decider().Category,
	}
}

// ofPeople is the condition on an event that it records people's work: it is of a person, a house, a unit or a figure, and
// somebody sent it. What the product's own processes write (an actor "process:…" or "system"), and what people do to the
// ledger itself (plans, areas, days, alerts, projections), says nothing of an area's work.
func ofPeople(categories ...string) string {
	return "splitByChar('-', stream)[1] IN ('" + strings.Join(categories, "', '") + "') AND actor != 'system' AND NOT startsWith(actor, 'process:')"
}

// AreasSQL answers the newest record of each area; parameter @prefecture.
const AreasSQL = `SELECT toString(h.area) AS area, max(h.recorded_at) AS recorded_at, argMax(h.received_at, h.number) AS received_at
FROM {db}.heard AS h WHERE h.prefecture = @prefecture GROUP BY h.area`

// DevicesSQL answers the newest record of each device that recorded after an instant, and the areas of its records since
// then; parameters @prefecture and @since (microseconds since 1970).
const DevicesSQL = `SELECT toString(h.device) AS device, max(h.recorded_at) AS recorded_at, argMax(h.received_at, h.number) AS received_at,
	toString(argMax(h.area, h.number)) AS area, groupUniqArray(toString(h.area)) AS areas
FROM {db}.heard AS h WHERE h.prefecture = @prefecture AND h.device != '' AND h.recorded_at > fromUnixTimestamp64Micro(@since, 'UTC')
GROUP BY h.device`
