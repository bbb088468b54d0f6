package httpapi

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/projector"
)

func TestParkedEventsComeByPage(t *testing.T) {
	d := open(t)
	require.JSONEq(t, `{"items":[],"next":""}`, d.ask("GET", "/api/v1/parked", "").body)
	id := uuid.MustParse("018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e")
	d.parked.rows = []facts.Parked{
		{
			Key: facts.Key{Prefecture: "5326", Number: 7}, EventID: id, Type: "FromTheFuture.v9", Reason: facts.ReasonUnknown, Stream: "future-5326-x",
			Revision: 3, Area: "532601001", OccurredIn: int32(calendar.MonthOf(2022, time.March)), Areas: []string{"532601001"},
			Since: int32(calendar.MonthOf(2022, time.March)), ParkedAt: now, TriedAt: now.Add(time.Hour), SettledAt: facts.Never(),
		},
		{Key: facts.Key{Number: 9}, Type: "HomeVisitLogged.v1", Reason: facts.ReasonBroken, Panic: "runtime.boundsError", Stack: []string{"projections/facts.Fold (fold.go:30)"}, ParkedAt: now, TriedAt: now},
		{Key: facts.Key{Number: 12}, Type: "Old.v1", Reason: "the fold broke", ParkedAt: facts.Never(), TriedAt: facts.Never()},
	}
	first := decoded[list[ParkedEvent]](d.ask("GET", "/api/v1/parked?limit=2", ""))
	require.Len(t, first.Items, 2)
	e := first.Items[0]
	require.Equal(t, "2022-03", e.Occurred)
	require.Equal(t, "2022-03", e.Since)
	require.Equal(t, now.Add(time.Hour), *e.TriedAt)
	require.True(t, chinese(e.DetailZh))
	require.Equal(t, []string{"projections/facts.Fold (fold.go:30)"}, first.Items[1].Stack)
	require.Contains(t, d.ask("GET", "/api/v1/parked?limit=1", "").body, `"number":"7"`)
	second := d.ask("GET", "/api/v1/parked?limit=2&cursor="+first.Next, "")
	require.JSONEq(t, `{"items":[{"number":"12","id":"00000000-0000-0000-0000-000000000000","type":"Old.v1","stream":"","revision":"0","area":"","occurred":"",
		"areas":[],"since":"","reason":"the fold broke","detail":"Counting it broke off; a corrected build will count it.","detail_zh":"统计该事件时程序出错，修正版本会将其计入。",
		"panic":"","stack":[],"parked_at":null,"tried_at":null}],"next":""}`, second.body)
	require.Equal(t, "cursor", d.ask("GET", "/api/v1/parked?cursor=x", "").problem().Code)
	require.Equal(t, "number-range", d.ask("GET", "/api/v1/parked?limit=0", "").problem().Code)
}

func TestParkedEventsAreReplayed(t *testing.T) {
	d := open(t)
	d.parked.answer = projector.Replayed{Asked: 3, Counted: 1, Parked: 1, Waiting: 1}
	answer := d.ask("POST", "/api/v1/parked/replay", `{}`)
	require.Equal(t, http.StatusOK, answer.status, answer.body)
	require.JSONEq(t, `{"asked":3,"counted":1,"parked":1,"waiting":1}`, answer.body)
	require.Empty(t, d.parked.asked, "all of them")
	require.Equal(t, http.StatusOK, d.ask("POST", "/api/v1/parked/replay", `{"numbers":["7","9","7"]}`).status)
	require.Equal(t, []uint64{7, 9}, d.parked.asked)

	replays := d.parked.replays
	for body, code := range map[string]string{
		`{"numbers":["-1"]}`: "number-range", `{"numbers":["0"]}`: "number-range", `{"numbers":[7]}`: "parameter", `{"all":true}`: "parameter", `{`: "not-json",
	} {
		require.Equal(t, code, d.ask("POST", "/api/v1/parked/replay", body).problem().Code, body)
	}
	require.Equal(t, "/numbers/1", d.ask("POST", "/api/v1/parked/replay", `{"numbers":["1","x"]}`).problem().Errors[0].Pointer)
	require.Equal(t, replays, d.parked.replays)
	d.parked.err = projector.ErrSilent
	p := d.ask("POST", "/api/v1/parked/replay", `{}`).problem()
	require.Equal(t, http.StatusServiceUnavailable, p.Status)
	require.Equal(t, "no-projector", p.Code)
	d.parked.err = projector.ErrNotParked
	require.Equal(t, http.StatusNotFound, d.ask("POST", "/api/v1/parked/replay", `{"numbers":["8"]}`).problem().Status)
}
