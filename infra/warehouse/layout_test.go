package warehouse

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
	"github.com/careledger/careledger/projections/schema"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// A released migration is never edited: what these files hold of it stays as it is, and new ones come after it. What they
// say of a cluster has not been run on one.
func TestStatementsAreThoseOfTheGoldenFiles(t *testing.T) {
	for file, l := range map[string]layout{"single.sql": {}, "cluster.sql": {cluster: "care"}} {
		t.Run(file, func(t *testing.T) {
			path := filepath.Join("testdata", file)
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(script(l)), 0o644))
			}
			golden, err := os.ReadFile(path)
			require.NoError(t, err)
			require.Equal(t, string(golden), script(l))
		})
	}
}

// script is everything that a migration of an empty database runs.
func script(l layout) string {
	var b strings.Builder
	part := func(about string, statements ...string) {
		fmt.Fprintf(&b, "-- %s\n%s;\n\n", about, strings.Join(statements, ";\n\n"))
	}
	part("database", l.database())
	part("record", l.statements(recordTable())...)
	for _, m := range migrations() {
		part(fmt.Sprintf("%d %s %s", m.Number, m.About, l.hash(m)), l.statements(m.Steps...)...)
	}
	return b.String()
}

func TestMigrationsAreNumberedWithoutAHole(t *testing.T) {
	for i, m := range migrations() {
		require.EqualValues(t, i+1, m.Number)
		require.NotEmpty(t, m.Steps)
	}
}

func TestAClusterDiffersInEngineAndPlaceOnly(t *testing.T) {
	l := layout{cluster: "care"}
	for _, m := range migrations() {
		for _, s := range m.Steps {
			table, ok := s.(schema.Table)
			if !ok {
				continue
			}
			require.True(t, strings.HasPrefix(table.Columns, "prefecture ") && strings.HasPrefix(table.Order, "prefecture"), "%s cannot be sharded", table.Name)
			statements := l.statements(table)
			require.Len(t, statements, 2)
			back := strings.NewReplacer(
				"_local", "", " ON CLUSTER 'care'", "", undeduplicated, "", "Replicated", "",
				"'/clickhouse/tables/{shard}/{database}/{table}', '{replica}', ", "",
				"('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')", "",
			).Replace(statements[0])
			require.Equal(t, layout{}.statements(table), []string{back})
		}
	}
}

func TestAColumnIsAddedWhereRowsAreAndWhereTheyAreAskedFor(t *testing.T) {
	column := schema.Column{Table: "cells", Name: "fence", Type: "UInt64"}
	require.Equal(t, []string{"ALTER TABLE {db}.cells ADD COLUMN IF NOT EXISTS fence UInt64"}, layout{}.statements(column))
	require.Equal(t, []string{
		"ALTER TABLE {db}.cells_local ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS fence UInt64",
		"ALTER TABLE {db}.cells ON CLUSTER 'care' ADD COLUMN IF NOT EXISTS fence UInt64",
	}, layout{cluster: "care"}.statements(column))
}

func TestRowsAreDeletedWhereTheyAre(t *testing.T) {
	require.Equal(t, "DELETE FROM {db}.visits", layout{}.deletion("visits"))
	require.Equal(t, "DELETE FROM {db}.visits_local ON CLUSTER 'care'", layout{cluster: "care"}.deletion("visits"))
}

// A question about one prefecture is answered by one shard, whatever it joins.
func TestEveryQuestionNamesItsPrefectureForEachTable(t *testing.T) {
	questions := map[string]string{
		"kept": indicators.KeptSQL, "elders": registers.EldersSQL, "elders' total": registers.EldersTotalSQL, "alerts": registers.AlertsSQL,
	}
	for _, g := range indicators.Groups() {
		questions[string(g)] = g.SQL()
		questions[string(g)+" of a month"] = g.SQLFor(indicators.Bounds{Months: []calendar.Month{0}})
	}
	for name, sql := range questions {
		require.Equal(t, strings.Count(sql, "{db}."), strings.Count(sql, "prefecture = @prefecture"), name)
		merged := facts.Merges{Count: 1}.Apply(sql)
		require.GreaterOrEqual(t, strings.Count(merged, "prefecture = @prefecture"), strings.Count(merged, "{db}."), "%s, where somebody was merged", name)
	}
	require.Equal(t, strings.Count(facts.MergesSQL, "{db}."), strings.Count(facts.MergesSQL, "prefecture = @prefecture"))
}
