package embedded_test

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

const kindsTable = `CREATE TABLE ledger.kinds (
	s String, l LowCardinality(String), u UUID, d Date, t DateTime64(3, 'UTC'), n UInt64, i Int64, f Float64,
	nf Nullable(Float64), a Array(LowCardinality(String)), b Bool, e Enum8('ahead' = 1, 'behind' = 2)
) ENGINE = MergeTree ORDER BY n SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

type kinds struct {
	S  string    `ch:"s"`
	L  string    `ch:"l"`
	U  uuid.UUID `ch:"u"`
	D  time.Time `ch:"d"`
	T  time.Time `ch:"t"`
	N  uint64    `ch:"n"`
	I  int64     `ch:"i"`
	F  float64   `ch:"f"`
	NF *float64  `ch:"nf"`
	A  []string  `ch:"a"`
	B  bool      `ch:"b"`
	E  string    `ch:"e"`
}

func (k kinds) values() []any {
	return []any{k.S, k.L, k.U, k.D, k.T, k.N, k.I, k.F, k.NF, k.A, k.B, k.E}
}

const hostile = `'; DROP TABLE ledger.kinds; -- \ "` + "`\t\n"

func someKinds() []kinds {
	rate := 26.4361
	return []kinds{
		{S: "文山州 照护台账", L: "文山市", U: uuid.MustParse("018f0f5e-7b1c-7c3e-9a54-0242ac120002"),
			D: time.Date(2022, 11, 30, 0, 0, 0, 0, time.UTC), T: time.Date(2022, 11, 30, 8, 1, 2, 345e6, time.UTC),
			N: 1 << 63, I: -5, F: 0.1, NF: &rate, A: []string{"living_alone", "空巢"}, B: true, E: "behind"},
		{S: hostile, N: 2, D: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
			T: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), A: []string{}, E: "ahead"},
	}
}

func TestEveryKindOfColumnMakesTheRoundTrip(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	for name, compression := range map[string]*clickhouse.Compression{
		"plain": nil,
		"none":  {Method: clickhouse.CompressionNone},
		"lz4":   {Method: clickhouse.CompressionLZ4},
		"zstd":  {Method: clickhouse.CompressionZSTD, Level: 1},
		"gzip":  {Method: clickhouse.CompressionGZIP, Level: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := clientOptions(t, s)
			o.Compression = compression
			if name == "gzip" {
				o.Settings = clickhouse.Settings{"enable_http_compression": 1}
			}
			c := openWith(t, o)
			run(t, c, "DROP DATABASE IF EXISTS ledger", "CREATE DATABASE ledger ENGINE = Atomic", kindsTable)
			batch, err := c.PrepareBatch(t.Context(), "INSERT INTO ledger.kinds")
			require.NoError(t, err)
			want := someKinds()
			for i := range want {
				require.NoError(t, batch.AppendStruct(&want[i]))
			}
			require.NoError(t, batch.Send())

			var got []kinds
			require.NoError(t, c.Select(t.Context(), &got, "SELECT * FROM ledger.kinds ORDER BY n DESC"))
			require.Equal(t, want, got)
		})
	}
}

func TestDatabaseSQLInsertsAndReads(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	db := clickhouse.OpenDB(clientOptions(t, s))
	defer func() { require.NoError(t, db.Close()) }()
	ctx := t.Context()
	for _, statement := range []string{"CREATE DATABASE ledger ENGINE = Atomic", kindsTable} {
		_, err := db.ExecContext(ctx, statement)
		require.NoError(t, err)
	}
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	insert, err := tx.PrepareContext(ctx, "INSERT INTO ledger.kinds")
	require.NoError(t, err)
	want := someKinds()[0]
	_, err = insert.ExecContext(ctx, want.values()...)
	require.NoError(t, err)
	require.NoError(t, tx.Commit())

	_, err = db.ExecContext(ctx, "INSERT INTO ledger.kinds (s, n) VALUES (?, ?)", hostile, 7)
	require.NoError(t, err)
	var text string
	require.NoError(t, db.QueryRowContext(ctx, "SELECT s FROM ledger.kinds WHERE n = ?", 7).Scan(&text))
	require.Equal(t, hostile, text)
	err = db.QueryRowContext(ctx, "SELECT s FROM ledger.kinds WHERE n = 8").Scan(&text)
	require.ErrorIs(t, err, sql.ErrNoRows)
}

func TestBoundParametersAreValuesAndNothingElse(t *testing.T) {
	c := fresh(t)
	on := time.Date(2022, 11, 30, 0, 0, 0, 0, time.UTC)
	id := uuid.MustParse("018f0f5e-7b1c-7c3e-9a54-0242ac120002")
	var got struct {
		S  string    `ch:"s"`
		N  uint64    `ch:"n"`
		U  uuid.UUID `ch:"u"`
		D  time.Time `ch:"d"`
		A  []string  `ch:"a"`
		NF *float64  `ch:"nf"`
	}
	require.NoError(t, c.QueryRow(t.Context(),
		"SELECT {s:String} AS s, {n:UInt64} AS n, {u:UUID} AS u, {d:Date} AS d, {a:Array(String)} AS a, {nf:Nullable(Float64)} AS nf",
		clickhouse.Named("s", hostile), clickhouse.Named("n", uint64(1)<<63), clickhouse.Named("u", id),
		clickhouse.Named("d", on.Format(time.DateOnly)), clickhouse.Named("a", []string{"a'b", "空巢"}), clickhouse.Named("nf", nil),
	).ScanStruct(&got))
	require.Equal(t, hostile, got.S)
	require.Equal(t, uint64(1)<<63, got.N)
	require.Equal(t, id, got.U)
	require.True(t, on.Equal(got.D))
	require.Equal(t, []string{"a'b", "空巢"}, got.A)
	require.Nil(t, got.NF)

	var s string
	require.NoError(t, c.QueryRow(t.Context(), "SELECT concat(?, '文')", hostile).Scan(&s))
	require.Equal(t, hostile+"文", s)

	ctx := clickhouse.Context(t.Context(), clickhouse.WithParameters(clickhouse.Parameters{"ids": "['" + strings.Repeat("x", 200_000) + "']"}))
	var n uint64
	require.NoError(t, c.QueryRow(ctx, "SELECT length({ids:Array(String)}[1])").Scan(&n))
	require.Equal(t, uint64(200_000), n)
}

func TestALargeBatchAndConcurrentQueries(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger", `CREATE TABLE ledger.visits (town LowCardinality(String), elder UUID, month Date, n UInt64)
		ENGINE = MergeTree ORDER BY (town, month, elder)`)
	const rows = 200_000
	batch, err := c.PrepareBatch(t.Context(), "INSERT INTO ledger.visits")
	require.NoError(t, err)
	month := time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC)
	for i := range rows {
		elder := uuid.NewSHA1(uuid.NameSpaceOID, fmt.Append(nil, i%50_000))
		require.NoError(t, batch.Append(fmt.Sprintf("5326%02d", i%104), elder, month, uint64(i)))
	}
	require.NoError(t, batch.Send())
	require.Equal(t, uint64(rows), count(t, c, "ledger.visits"))

	group, ctx := errgroup.WithContext(t.Context())
	for i := range 32 {
		group.Go(func() error {
			var n, elders uint64
			town := fmt.Sprintf("5326%02d", i)
			err := c.QueryRow(ctx, "SELECT count(), uniqExact(elder) FROM ledger.visits WHERE town = {town:String}", clickhouse.Named("town", town)).Scan(&n, &elders)
			if err == nil && (n < rows/104 || elders == 0) {
				return fmt.Errorf("%s: %d rows of %d elders", town, n, elders)
			}
			return err
		})
	}
	require.NoError(t, group.Wait())

	read := 0
	all, err := c.Query(t.Context(), "SELECT elder, n FROM ledger.visits")
	require.NoError(t, err)
	for all.Next() {
		read++
	}
	require.NoError(t, errors.Join(all.Err(), all.Close()))
	require.Equal(t, rows, read)
}

func TestNewVersionsReplaceOldOnesUnderFinal(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger",
		"CREATE TABLE ledger.marks (k UInt64, v UInt64, s String) ENGINE = ReplacingMergeTree(v) ORDER BY k",
		"INSERT INTO ledger.marks VALUES (1, 1, 'old')", "INSERT INTO ledger.marks VALUES (1, 2, 'new')")
	var s string
	require.NoError(t, c.QueryRow(t.Context(), "SELECT s FROM ledger.marks FINAL").Scan(&s))
	require.Equal(t, "new", s)
}

func TestAScopedReaderSeesItsAreaAndChangesNothing(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger", "CREATE TABLE ledger.facts (area String, n UInt64) ENGINE = MergeTree ORDER BY area",
		"INSERT INTO ledger.facts VALUES ('532601', 1), ('532602', 2)")
	scoped := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{
		"additional_table_filters": `{'ledger.facts': 'area = \'532601\''}`, "readonly": 1,
	}))
	var sum uint64
	require.NoError(t, c.QueryRow(scoped, "SELECT sum(n) FROM ledger.facts").Scan(&sum))
	require.Equal(t, uint64(1), sum)
	for _, escape := range []string{
		"SELECT sum(n) FROM ledger.facts SETTINGS additional_table_filters = {}",
		"SELECT sum(n) FROM ledger.facts SETTINGS readonly = 0",
		"SET readonly = 0", "INSERT INTO ledger.facts VALUES ('x', 3)", "DROP TABLE ledger.facts",
	} {
		require.ErrorContains(t, c.Exec(scoped, escape), "READONLY", escape)
	}
	require.NoError(t, c.QueryRow(t.Context(), "SELECT sum(n) FROM ledger.facts").Scan(&sum))
	require.Equal(t, uint64(3), sum, "the next request is free again")
}

func TestSettingsAndDatabaseOfARequest(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	c := open(t, s)
	run(t, c, "CREATE DATABASE `照护`", "CREATE TABLE `照护`.t (a UInt8) ENGINE = MergeTree ORDER BY a", "CREATE TABLE scratch (a UInt8) ENGINE = Memory")
	o := clientOptions(t, s)
	o.Auth.Database = "照护"
	run(t, openWith(t, o), "SELECT a FROM t")
	o = clientOptions(t, s)
	o.Auth.Database = "default"
	run(t, openWith(t, o), "SELECT a FROM scratch")

	ctx := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"no_such_setting": 1}))
	require.ErrorContains(t, c.Exec(ctx, "SELECT 1"), "UNKNOWN_SETTING")
	o = clientOptions(t, s)
	o.Auth.Password = "wrong"
	_, err := openWith(t, o).ServerVersion()
	require.ErrorContains(t, err, "AUTHENTICATION_FAILED")

	version, err := c.ServerVersion()
	require.NoError(t, err)
	require.Equal(t, "careledger", version.DisplayName)
	require.NoError(t, c.Ping(t.Context()))

	parsed, err := clickhouse.ParseDSN(s.URL())
	require.NoError(t, err)
	require.Equal(t, clickhouse.HTTP, parsed.Protocol)
	run(t, openWith(t, parsed), "SELECT 1")
	_, err = url.Parse(s.URL())
	require.NoError(t, err)
}

func TestAnEmptyResultStillHasColumns(t *testing.T) {
	c := fresh(t)
	for _, query := range []string{
		"SELECT number AS n, toString(number) AS s FROM numbers(0)",
		"SELECT number AS n, toString(number) AS s FROM numbers(9) WHERE n > {least:UInt64}; -- none",
	} {
		rows, err := c.Query(t.Context(), query, clickhouse.Named("least", 10))
		require.NoError(t, err)
		require.Equal(t, []string{"n", "s"}, rows.Columns())
		require.False(t, rows.Next())
		require.NoError(t, errors.Join(rows.Err(), rows.Close()))
	}
	run(t, c, "SELECT 1 FROM numbers(0) FORMAT Native")
}

func TestInsertsAreWrittenBeforeTheyAreAnswered(t *testing.T) {
	c := fresh(t)
	run(t, c, "CREATE DATABASE ledger", "CREATE TABLE ledger.t (a UInt64) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100")
	require.NoError(t, c.AsyncInsert(t.Context(), "INSERT INTO ledger.t VALUES (1)", false))
	require.Equal(t, uint64(1), count(t, c, "ledger.t"))

	once := clickhouse.Context(t.Context(), clickhouse.WithSettings(clickhouse.Settings{"insert_deduplication_token": "batch-7", "insert_deduplicate": 1}))
	for range 2 {
		batch, err := c.PrepareBatch(once, "INSERT INTO ledger.t (a)")
		require.NoError(t, err)
		require.NoError(t, batch.Append(uint64(2)))
		require.NoError(t, batch.Send())
	}
	require.Equal(t, uint64(2), count(t, c, "ledger.t"))
}
