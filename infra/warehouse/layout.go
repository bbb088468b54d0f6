package warehouse

import (
	"fmt"
	"strings"

	"github.com/careledger/careledger/projections/schema"
)

// layout writes the steps of a schema as statements: for one server, or for all servers of a ClickHouse cluster. {db}
// stands for the database. Questions and inserts are the same for both: they name a table as its step does.
//
// On a cluster a table's rows lie in x_local, replicated within a shard, and x is the way to them all. The prefecture says
// which shard: all of a prefecture's rows are on one, so that its joins stay there. Adding shards, or changing their
// weights, gives prefectures another one: start with a new database then, which is filled from the log.
//
// What the cluster's servers must have is theirs to configure: macros {shard} and {replica}, a Keeper, and
// internal_replication in the cluster's shards. The statements for a cluster have been compared with the documentation
// and with testdata/cluster.sql; they have not been run on one.
type layout struct{ cluster string }

// durable makes an insert outlive a power cut.
const durable = "fsync_after_insert = 1, fsync_part_directory = 1"

// undeduplicated lets rows come back that were deleted: replicated tables leave out, without an error, an insert that
// equals an earlier one. Rows written twice are one row by their key.
const undeduplicated = ", replicated_deduplication_window = 0"

// fine lets rows lie in pieces of an eighth of the usual size: a page of lineage reads 150 rows of as many places.
const fine = ", index_granularity = 1024, min_compress_block_size = 16384, max_compress_block_size = 32768"

// database is the statement that everything begins with.
func (l layout) database() string { return "CREATE DATABASE IF NOT EXISTS {db}" + l.on() }

// statements of steps, in order. Each may be run any number of times, by several processes at once.
func (l layout) statements(steps ...schema.Step) []string {
	var all []string
	for _, s := range steps {
		switch s := s.(type) {
		case schema.Table:
			all = append(all, l.table(s)...)
		case schema.Copy:
			all = append(all, fmt.Sprintf("CREATE MATERIALIZED VIEW IF NOT EXISTS {db}.%s%s TO {db}.%s AS\n%s", s.Name, l.on(), l.holder(s.To), l.copied(s)))
		case schema.Recopy:
			all = append(all, fmt.Sprintf("ALTER TABLE {db}.%s%s MODIFY QUERY\n%s", s.Name, l.on(), l.copied(s.Copy)))
		case schema.Column:
			for _, table := range l.parts(s.Table) {
				all = append(all, fmt.Sprintf("ALTER TABLE {db}.%s%s ADD COLUMN IF NOT EXISTS %s %s", table, l.on(), s.Name, s.Type))
			}
		}
	}
	return all
}

func (l layout) copied(c schema.Copy) string {
	query := fmt.Sprintf("SELECT * FROM {db}.%s WHERE %s", l.holder(c.From), c.Where)
	if c.Each != "" {
		query += " ORDER BY number DESC LIMIT 1 BY " + c.Each
	}
	return query
}

func (l layout) table(t schema.Table) []string {
	if l.cluster == "" {
		return []string{rows(t, t.Name, "", "ReplacingMergeTree", "")}
	}
	if t.Everywhere {
		return []string{rows(t, t.Name, l.on(), "ReplicatedReplacingMergeTree", undeduplicated, "'/clickhouse/tables/all/{database}/{table}'", "'{shard}-{replica}'")}
	}
	holder := l.holder(t.Name)
	return []string{
		rows(t, holder, l.on(), "ReplicatedReplacingMergeTree", undeduplicated, "'/clickhouse/tables/{shard}/{database}/{table}'", "'{replica}'"),
		fmt.Sprintf("CREATE TABLE IF NOT EXISTS {db}.%s%s AS {db}.%s\nENGINE = Distributed('%s', '{db}', '%s', cityHash64(prefecture))",
			t.Name, l.on(), holder, l.cluster, holder),
	}
}

// rows is a table that holds rows; arguments come before the version in its engine.
func rows(t schema.Table, name, on, engine, more string, arguments ...string) string {
	if t.Version != "" {
		arguments = append(arguments, t.Version)
	}
	if len(arguments) > 0 {
		engine += "(" + strings.Join(arguments, ", ") + ")"
	}
	if t.Singly {
		more += fine
	}
	columns := strings.Join(strings.Fields(t.Columns), " ")
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS {db}.%s%s (%s)\nENGINE = %s ORDER BY (%s)\nSETTINGS %s%s", name, on, columns, engine, t.Order, durable, more)
}

// holder is the table that holds a table's rows: what rows are deleted from, and what copies read and write.
func (l layout) holder(table string) string {
	if l.cluster == "" {
		return table
	}
	return table + "_local"
}

// parts are the tables that a table is made of, the holder first.
func (l layout) parts(table string) []string {
	if l.cluster == "" {
		return []string{table}
	}
	return []string{l.holder(table), table}
}

// made are the names of all that steps make.
func (l layout) made(steps []schema.Step) []string {
	var names []string
	for _, s := range steps {
		switch s := s.(type) {
		case schema.Table:
			names = append(names, l.parts(s.Name)...)
		case schema.Copy:
			names = append(names, s.Name)
		}
	}
	return names
}

// deletion is the beginning of a DELETE from a table, on every server that holds rows of it.
func (l layout) deletion(table string) string { return "DELETE FROM {db}." + l.holder(table) + l.on() }

func (l layout) on() string {
	if l.cluster == "" {
		return ""
	}
	return " ON CLUSTER '" + l.cluster + "'"
}
