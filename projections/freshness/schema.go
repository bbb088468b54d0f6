package freshness

import (
	"strings"

	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/projections/facts"
)

// Table holds the newest record of each area and device, as it stands in the table of events: the highest number wins.
// Rows above a checkpoint are not taken back from it: they are read again, and come back equal.
const Table = "heard"

const view = "events_to_heard"

// Tables are the table and what fills it, as SQL text; {db} stands for the database. Where the view is not there yet, what
// was recorded before it is taken over.
func Tables() []string {
	return []string{
		"CREATE TABLE IF NOT EXISTS {db}." + Table + " (prefecture LowCardinality(String), number UInt64, " + facts.EventColumns + `)
			ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, area, device) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
		"INSERT INTO {db}." + Table + ` SELECT * FROM {db}.events WHERE (prefecture, number) IN (
			SELECT prefecture, max(number) FROM {db}.events WHERE ` + ofPeople() + `
				AND (SELECT count() FROM system.tables WHERE database = '{db}' AND name = '` + view + `') = 0
			GROUP BY prefecture, area, device)`,
		"CREATE MATERIALIZED VIEW IF NOT EXISTS {db}." + view + " TO {db}." + Table + " AS SELECT * FROM {db}.events WHERE " + ofPeople(),
	}
}

// ofPeople is the condition on an event that it records people's work: it is of a person, a house or a figure, and
// somebody sent it. What the product's own processes write (an actor "process:…" or "system"), and what people do to the
// ledger itself (plans, areas, days, alerts, projections), says nothing of an area's work.
func ofPeople() string {
	categories := []string{
		elder.Decider().Category, child.Decider().Category, institution.Decider().Category, childcare.Decider().Category,
		retrofit.Decider().Category, figure.Decider().Category,
	}
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
