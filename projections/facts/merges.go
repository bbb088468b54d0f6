package facts

import (
	"regexp"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/projections/schema"
)

// Merge says that what was recorded under a registration counts for its survivor, from the row's number on.
type Merge struct {
	Key
	Kind     string    `ch:"kind"`
	Subject  uuid.UUID `ch:"subject"`
	Survivor uuid.UUID `ch:"survivor"`
}

// Table implements Row.
func (Merge) Table() string { return "merges" }

// MergeSchema of the facts that came later: merged registrations.
func MergeSchema() []schema.Step {
	return []schema.Step{table("merges", `kind LowCardinality(String), subject UUID, survivor UUID`, "subject, number")}
}

// mergedBy are a prefecture's merges up to a number.
const mergedBy = `{db}.merges FINAL WHERE prefecture = @prefecture AND number <= @number`

// MergesSQL answers how many registrations were merged by a number, and those of them whose survivor was merged as well;
// columns merges, subjects and survivors; parameters @prefecture, @number.
const MergesSQL = `SELECT count() AS merges, groupArrayIf(subject, chained) AS subjects, groupArrayIf(survivor, chained) AS survivors
FROM (SELECT *, survivor IN (SELECT subject FROM ` + mergedBy + `) AS chained FROM ` + mergedBy + `)`

// Merges are how registrations of a prefecture were merged by a number: how many, and which of them into one that was merged
// itself.
type Merges struct {
	Count   uint64
	Chained map[uuid.UUID]uuid.UUID
}

// depth is how many steps the longest way to a survivor has.
func (m Merges) depth() int {
	if m.Count == 0 {
		return 0
	}
	longest := 1
	for subject := range m.Chained {
		steps := 1
		for next, more := m.Chained[subject]; more && steps <= len(m.Chained); next, more = m.Chained[next] {
			steps++
		}
		longest = max(longest, steps)
	}
	return longest
}

// ofPersons finds the tables whose rows are of persons.
var ofPersons = regexp.MustCompile(`\{db\}\.(visits|elder_states|standings|activities|stay_changes|enrolment_changes)\b( FINAL)?`)

// OfPersons reports whether a statement reads rows of persons, so that who was merged matters to it.
func OfPersons(sql string) bool { return ofPersons.MatchString(sql) }

// Apply makes a statement read what was recorded under merged registrations as its survivors'. Facts stay as they are: ids
// are replaced where the tables are read, step by step along the longest chain. Where nobody was merged, the statement is
// what it was. Parameters as of MergesSQL.
func (m Merges) Apply(sql string) string {
	depth := m.depth()
	if depth == 0 {
		return sql
	}
	narrowed := narrowing(sql)
	return ofPersons.ReplaceAllStringFunc(sql, func(table string) string {
		found := ofPersons.FindStringSubmatch(table)
		column := columnOf(found[1])
		who := bytesOf(column)
		for range depth {
			who = `transform(` + who + `, ` + merged + `.1, ` + merged + `.2)`
		}
		return `(SELECT * REPLACE (reinterpretAsUUID(` + who + `) AS ` + column + `) FROM {db}.` + found[1] + ` AS r` + found[2] +
			` WHERE prefecture = @prefecture` + strings.ReplaceAll(narrowed, "{column}", "r."+column) + `)` // without r it would be the replaced one
	})
}

// narrowing is what keeps a statement that looks at some subjects only (by @subjects, or from @lower to @upper) from reading
// the rows of all: besides theirs, those of whoever was merged may count for them.
func narrowing(sql string) string {
	own := ""
	switch {
	case strings.Contains(sql, "@subjects"):
		own = `{column} IN (SELECT toUUID(arrayJoin(CAST(@subjects, 'Array(String)'))))`
	case strings.Contains(sql, "@upper"):
		own = `{column} > toUUID(@lower) AND {column} <= toUUID(@upper)`
	default:
		return ""
	}
	return ` AND (` + own + ` OR {column} IN (SELECT subject FROM ` + mergedBy + `))`
}

// merged are who was merged, and into whom, as transform looks them up: it knows no UUID.
var merged = `(SELECT groupArray((` + bytesOf("subject") + `, ` + bytesOf("survivor") + `)) FROM ` + mergedBy + `)`

func bytesOf(id string) string { return `reinterpretAsFixedString(` + id + `)` }

// columnOf is the column of a table that says of whom a row is.
func columnOf(table string) string {
	switch table {
	case "standings", "activities":
		return "subject"
	case "enrolment_changes":
		return "child"
	}
	return "elder"
}
