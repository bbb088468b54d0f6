package facts_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/projections/facts"
)

func TestIDsAreReplacedAsOftenAsTheLongestChainAsks(t *testing.T) {
	a, b, c, d := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	const sql = `SELECT uniq(elder) FROM {db}.visits AS v LEFT JOIN {db}.standings FINAL WHERE x IN (SELECT fact FROM {db}.amendments)`
	for _, c := range []struct {
		behaviour string
		merges    facts.Merges
		steps     int
	}{
		{"nobody was merged", facts.Merges{}, 0},
		{"each into somebody who stays", facts.Merges{Count: 7}, 1},
		{"one into somebody who was merged", facts.Merges{Count: 2, Chained: map[uuid.UUID]uuid.UUID{a: b}}, 2},
		{"a chain of four", facts.Merges{Count: 4, Chained: map[uuid.UUID]uuid.UUID{a: b, b: c, c: d}}, 4},
		{"a ring, which no command makes, has an end", facts.Merges{Count: 2, Chained: map[uuid.UUID]uuid.UUID{a: b, b: a}}, 3},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			got := c.merges.Apply(sql)
			require.Equal(t, 2*c.steps, strings.Count(got, "transform("), "of both tables")
			require.Equal(t, c.steps > 0, got != sql)
			require.Contains(t, got, "(SELECT fact FROM {db}.amendments)", "which names no person")
			if c.steps > 0 {
				require.Contains(t, got, "AS subject) FROM {db}.standings AS r FINAL WHERE prefecture = @prefecture)")
				require.Contains(t, got, "AS elder) FROM {db}.visits AS r WHERE prefecture = @prefecture) AS v")
			}
		})
	}
	of := facts.Merges{Count: 1}.Apply(sql + " AND v.elder IN @subjects")
	require.Contains(t, of, "{db}.visits AS r WHERE prefecture = @prefecture AND (r.elder IN (")
	require.Contains(t, of, "OR r.elder IN (SELECT subject FROM {db}.merges", "of whoever may count for them")
	require.True(t, facts.OfPersons(sql))
	require.False(t, facts.OfPersons("SELECT * FROM {db}.visits_of_others, {db}.bed_changes"))
}
