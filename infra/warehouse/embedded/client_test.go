package embedded_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
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

func someKinds() []kinds {
	rate := 26.4361
	return []kinds{
		{S: "文山州 照护台账", L: "文山市", U: uuid.MustParse("018f0f5e-7b1c-7c3e-9a54-0242ac120002"),
			D: time.Date(2022, 11, 30, 0, 0, 0, 0, time.UTC), T: time.Date(2022, 11, 30, 8, 1, 2, 345e6, time.UTC),
			N: 1 << 63, I: -5, F: 0.1, NF: &rate, A: []string{"living_alone", "空巢"}, B: true, E: "behind"},
		{S: `'; DROP TABLE ledger.kinds; -- \ "`, N: 2, D: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC),
			T: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), A: []string{}, E: "ahead"},
	}
}

func TestEveryKindOfColumnMakesTheRoundTrip(t *testing.T) {
	c := fresh(t)
	exec(t, c, "CREATE DATABASE ledger ENGINE = Atomic", kindsTable)
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
}
