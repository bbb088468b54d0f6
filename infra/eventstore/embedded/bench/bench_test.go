package main

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	domain "github.com/careledger/careledger/domain/elder"
	wire "github.com/careledger/careledger/domain/event"
)

// TestVisitsAreTheProducts: the events measured are, to the byte, what the product would write.
func TestVisitsAreTheProducts(t *testing.T) {
	m := newMaker(1, 2, 3)
	notes := 0
	for n := range uint64(200) {
		e := m.visit(n)
		var logged domain.HomeVisitLogged
		requireSameJSON(t, e.data, &logged)
		require.Equal(t, logged.EventType(), eventType)
		require.Contains(t, stream(n), logged.Elder.String())
		if logged.Note != nil {
			notes++
		}
		var metadata wire.Metadata
		requireSameJSON(t, e.metadata, &metadata)
		require.Equal(t, logged.OccurredOn, metadata.OccurredOn)
	}
	require.InDelta(t, 67, notes, 30)
}

func requireSameJSON(t *testing.T, b []byte, v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(v))
	again, err := json.Marshal(v)
	require.NoError(t, err)
	require.Equal(t, string(b), string(again))
}

func TestASeedAlwaysMakesTheSame(t *testing.T) {
	require.Equal(t, newMaker(1, 2, 3).visit(4), newMaker(1, 2, 3).visit(4))
	require.NotEqual(t, newMaker(1, 2, 3).visit(4), newMaker(2, 2, 3).visit(4))
}

func TestAnOrderVisitsEachOnce(t *testing.T) {
	for _, n := range []uint64{1, 2, 10, 1000} {
		o, seen := newOrder(n, n), map[uint64]bool{}
		for i := range n {
			seen[o.at(i)] = true
		}
		require.Len(t, seen, int(n))
	}
}

func TestTheSlopeIsThatOfTheLine(t *testing.T) {
	require.InDelta(t, 0, (&fill{windows: []float64{5, 5, 5}}).slope(), 1e-9)
	require.InDelta(t, -0.5, (&fill{windows: []float64{125, 100, 75}}).slope(), 1e-9)
	require.Zero(t, (&fill{windows: []float64{5}}).slope())
}

func TestQuantitiesAreReadable(t *testing.T) {
	for want, value := range map[string]float64{"0.42 ms": 0.42, "12.3 ms": 12.34, "123 ms": 123.4, "1,234 ms": 1234, "12,345,678 ms": 12_345_678} {
		require.Equal(t, want, quantity(value, "ms"))
	}
	require.Equal(t, "1.20×", quantity(1.2, "×"))
	require.Equal(t, "-0.50 %", quantity(-0.5, "%"))
}
