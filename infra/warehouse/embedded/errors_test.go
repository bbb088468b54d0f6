package embedded_test

import (
	"context"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/stretchr/testify/require"
)

func TestErrorsKeepTheirCode(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger", "CREATE TABLE ledger.t (a UInt8) ENGINE = MergeTree ORDER BY a")
	for name, row := range map[string]struct {
		statement string
		code      int32
		status    int
	}{
		"no such table":               {"SELECT * FROM ledger.nowhere", 60, 404},
		"no such column":              {"SELECT b FROM ledger.t", 47, 404},
		"no such database":            {"SELECT * FROM nowhere.t", 81, 404},
		"a syntax error":              {"SELEC 1", 62, 400},
		"two statements":              {"SELECT 1; SELECT 2", 62, 400},
		"an injected statement":       {"CREATE TABLE ledger.u (a UInt8) ENGINE = Memory; garbage", 62, 400},
		"a table that exists":         {"CREATE TABLE ledger.t (a UInt8) ENGINE = Memory", 57, 500},
		"a failure while running":     {"SELECT throwIf(number = 3) FROM numbers(5)", 395, 500},
		"a file as a function":        {"SELECT * FROM file('/etc/hostname', 'LineAsString')", 497, 403},
		"a file as a table":           {"SELECT * FROM `/etc/hostname`", 60, 404},
		"a file in the overlay":       {"SELECT * FROM default.`/etc/hostname`", 497, 403},
		"a file behind a comment":     {"SELECT * FROM `default` /* x */ . `/etc/hostname`", 497, 403},
		"a file to write":             {"SELECT 1 INTO OUTFILE '/dev/null'", 497, 403},
		"another host":                {"SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')", 497, 403},
		"a program":                   {"SELECT * FROM executable('id', 'LineAsString', 'a String')", 497, 403},
		"a table engine over a file":  {"CREATE TABLE ledger.f (a String) ENGINE = File(CSV)", 497, 403},
		"more memory than is allowed": {"SELECT groupArray(number) FROM numbers(1000000000)", 241, 500},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.Exec(t.Context(), row.statement)
			var exception *clickhouse.Exception
			require.ErrorAs(t, err, &exception)
			require.Equal(t, row.code, exception.Code, exception.Message)
			var answer *clickhouse.HTTPError
			require.ErrorAs(t, err, &answer)
			require.Equal(t, row.status, answer.StatusCode)
		})
	}
	require.ErrorContains(t, c.Exec(t.Context(), "SELECT * FROM ledger.u"), "UNKNOWN_TABLE", "nothing of a refused text ran")
	err := c.Exec(t.Context(), "SELECT * FROM {t:Identifier}", clickhouse.Named("t", "/etc/hostname"))
	require.ErrorContains(t, err, "ACCESS_DENIED")
}

func TestAnErrorBehindSentRowsStillReachesTheClient(t *testing.T) {
	c := fresh(t)
	ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_block_size": 1000, "max_threads": 1}))
	rows, err := c.Query(ctx, "SELECT throwIf(number = 500000) AS x FROM numbers(1000000)")
	require.NoError(t, err)
	seen := 0
	for rows.Next() {
		seen++
	}
	var exception *clickhouse.Exception
	require.ErrorAs(t, rows.Err(), &exception)
	require.Equal(t, int32(395), exception.Code)
	require.NotZero(t, seen)
}

func TestAWrongBatchWritesNothing(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger", "CREATE TABLE ledger.t (a UInt8, CONSTRAINT small CHECK a < 5) ENGINE = MergeTree ORDER BY a")
	batch, err := c.PrepareBatch(t.Context(), "INSERT INTO ledger.t")
	require.NoError(t, err)
	for i := range 10 {
		require.NoError(t, batch.Append(uint8(i)))
	}
	var exception *clickhouse.Exception
	require.ErrorAs(t, batch.Send(), &exception)
	require.Equal(t, int32(469), exception.Code)
	require.Zero(t, count(t, c, "ledger.t"))
}

func TestADeadlineStopsTheStatement(t *testing.T) {
	c := fresh(t)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	err := c.Exec(ctx, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Eventually(t, func() bool {
		var running uint64
		err := c.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE '%numbers(1000000000000)%' AND query NOT LIKE '%processes%'").Scan(&running)
		return err == nil && running == 0
	}, 10*time.Second, 50*time.Millisecond, "the engine goes on with a statement that nobody waits for")

	ctx = clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"max_execution_time": 1}))
	err = c.Exec(ctx, "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)")
	var exception *clickhouse.Exception
	require.ErrorAs(t, err, &exception)
	require.Equal(t, int32(159), exception.Code)
}
