package httpapi

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/lineage"
)

// cannedLineage pages through rows in order.
type cannedLineage struct {
	rows        []lineage.Row
	differences []lineage.Difference
	asked       lineage.Query
	compared    lineage.DifferenceQuery
	err         error
}

// number is the ledger number of what the canned cells say now.
const number = 70120

func cellOf(of lineage.Of, s lineage.State, value float64) indicators.Cell {
	c := indicators.Cell{Code: of.Code, Area: of.Area, Period: s.Period.String(), Month: s.Period.Last.Month(), Numerator: &value, Value: &value, Position: number, Targets: nil}
	if s.Number > 0 {
		c.Position = s.Number
	}
	return c
}

func (c *cannedLineage) Rows(_ context.Context, q lineage.Query) (lineage.Page, error) {
	c.asked = q
	page := lineage.Page{Totals: lineage.Totals{Numerator: 1, Denominator: 2, Excluded: 1, Rows: uint64(len(c.rows))}, Cell: cellOf(q.Of, q.State, 1), Counted: number}
	start := 0
	if q.After != (lineage.Key{}) {
		start = 1 + slices.IndexFunc(c.rows, func(r lineage.Row) bool { return r.Key == q.After })
	}
	end := min(start+q.Limit, len(c.rows))
	page.Rows, page.More = c.rows[start:end], end < len(c.rows)
	return page, c.err
}

func (c *cannedLineage) Differences(_ context.Context, q lineage.DifferenceQuery) (lineage.DifferencePage, error) {
	c.compared = q
	return lineage.DifferencePage{
		Rows: c.differences, Cell: cellOf(q.Of, q.State, 2), Against: cellOf(q.Of, q.Against, 1), Counted: number,
		Totals: lineage.DifferenceTotals{Before: lineage.Totals{Numerator: 1, Denominator: 2, Rows: 2}, After: lineage.Totals{Numerator: 2, Denominator: 2, Rows: 3},
			Changed: map[lineage.Change]uint64{lineage.OtherRole: 1}},
	}, c.err
}

// behind is a person's row, with the event that made it so.
func behind(d *door, role lineage.Role, reason, area string) lineage.Row {
	id := d.anElder()
	return lineage.Row{
		Key: lineage.Key{Kind: "elder", Subject: id.String()}, Share: lineage.Share{Role: role, Reason: reason, Area: area, Denominator: 1},
		Events: []facts.Event{{
			Key: facts.Key{Number: 7}, Stream: "elder-5326-" + id.String(), Revision: 2, Type: "HomeVisitLogged.v1", Actor: "somebody", Device: "phone of " + secretName,
			OccurredOn: time.Date(2022, 11, 3, 0, 0, 0, 0, time.UTC), ReceivedAt: now, RecordedAt: now, Area: area,
		}},
	}
}

func TestWhatIsBehindACellComesByPage(t *testing.T) {
	d := open(t)
	d.lineage.rows = []lineage.Row{
		behind(d, lineage.Numerator, "seen", "532601001"), behind(d, lineage.Denominator, "refused", "532622101"), behind(d, lineage.Excluded, "hospitalised", "532601001"),
	}
	const path = "/api/v1/indicators/monthly-visit-rate/records?area=532600&period=2022-11&limit=2"
	first := d.ask("GET", path, "")
	body := decoded[RecordsBody](first)
	require.Len(t, body.Items, 2)
	row := body.Items[0]
	require.Equal(t, "numerator", row.Role)
	require.Equal(t, lineage.Reason{Code: "seen", Zh: "当月已探访见到", En: "seen in the month"}, row.Reason)
	require.Equal(t, secretName, row.Name)
	require.Equal(t, "开化街道", row.AreaName)
	require.False(t, row.Withheld)
	require.Equal(t, calendar.Date(2022, 11, 3), *row.Events[0].OccurredOn)
	require.Equal(t, "phone of "+secretName, row.Events[0].Device)
	require.InDelta(t, 2, *body.Totals.Denominator, 0)
	require.Equal(t, uint64(number), body.Cell.Position)
	require.Contains(t, first.body, `"number":"7"`)
	second := decoded[RecordsBody](d.ask("GET", path+"&cursor="+body.Next, ""))
	require.Len(t, second.Items, 1)
	require.Empty(t, second.Next)
	require.Equal(t, uint64(number), d.lineage.asked.Number, "of the same number as the first page")
	require.Equal(t, d.lineage.rows[1].Key, d.lineage.asked.After)
	require.Equal(t, body.Totals, second.Totals)
	for behaviour, bad := range map[string]string{
		"made up": path + "&cursor=bm8", "of another area": "/api/v1/indicators/monthly-visit-rate/records?area=532601&period=2022-11&limit=2&cursor=" + body.Next,
		"of another role": path + "&role=excluded&cursor=" + body.Next,
	} {
		require.Equal(t, "cursor", d.ask("GET", bad, "").problem().Code, behaviour)
	}
	require.Contains(t, d.ask("GET", "/api/v1/indicators/elder-beds/records", "").body, `"denominator":null`)
}

func TestWhoMayNotSeePeopleSeesRowsWithoutNames(t *testing.T) {
	d := open(t)
	here, there := behind(d, lineage.Numerator, "seen", "532601001"), behind(d, lineage.Excluded, "hospitalised", "532622101")
	d.lineage.rows = []lineage.Row{here, there}
	d.lineage.differences = []lineage.Difference{{Key: there.Key, Change: lineage.Left, Before: &there.Share, Events: there.Events}}
	const path = "/api/v1/indicators/monthly-visit-rate/records?period=2022-11"
	for token, withheld := range map[string][]bool{adminToken: {false, false}, caseworkerToken: {false, true}, analystToken: {true, true}} {
		answer := d.ask("GET", path, "", "Authorization", "Bearer "+token)
		body := decoded[RecordsBody](answer)
		require.Equal(t, uint64(2), body.Totals.Rows, "who is masked is counted")
		for i, r := range body.Items {
			require.Equal(t, withheld[i], r.Withheld)
			require.Equal(t, withheld[i], r.Name == "")
			require.Equal(t, withheld[i], r.Events[0].Device == "")
			require.NotEmpty(t, r.Subject)
		}
		if token == analystToken {
			require.NotContains(t, answer.body, secretName)
			other := d.ask("GET", "/api/v1/indicators/monthly-visit-rate/diff?against_period=2022-10", "", "Authorization", "Bearer "+token)
			require.NotContains(t, other.body, secretName)
		}
	}
}

func TestWhatIsNoPersonIsNamedToAll(t *testing.T) {
	d := open(t)
	house := d.aHouse()
	row := func(kind, subject string) lineage.Row {
		return lineage.Row{Key: lineage.Key{Kind: kind, Subject: subject}, Share: lineage.Share{Role: lineage.Numerator, Reason: "beds", Area: "532601001", Numerator: 1}}
	}
	d.lineage.rows = []lineage.Row{row("institution", house.String()), row("figure", "population"), row("township", "532601001")}
	body := decoded[RecordsBody](d.ask("GET", "/api/v1/indicators/elder-beds/records", "", "Authorization", "Bearer "+analystToken))
	names := []string{}
	for _, r := range body.Items {
		require.False(t, r.Withheld)
		names = append(names, r.Name)
	}
	require.Equal(t, []string{"测试养老院", "", "开化街道"}, names)
}

func TestWhatMakesACellDiffer(t *testing.T) {
	d := open(t)
	row := behind(d, lineage.Numerator, "seen", "532601001")
	row.Numerator = 1
	was := lineage.Share{Role: lineage.Denominator, Reason: "not_visited", Area: "532601001", Denominator: 1}
	d.lineage.differences = []lineage.Difference{{Key: row.Key, Change: lineage.OtherRole, Before: &was, After: &row.Share, Events: row.Events}}
	d.ask("GET", "/api/v1/indicators/monthly-visit-rate/diff?period=2022-11&against_known_at=2022-12-01", "")
	require.Equal(t, calendar.Date(2022, 12, 1).End(), d.lineage.compared.Against.KnownAt)
	answer := d.ask("GET", "/api/v1/indicators/monthly-visit-rate/diff?period=2022-11&against_known_at=2022-12-01T00:00:00Z", "")
	body := decoded[DiffBody](answer)
	require.Len(t, body.Items, 1)
	require.Equal(t, "changed_role", body.Items[0].Change)
	require.Equal(t, "denominator", body.Items[0].Before.Role)
	require.Equal(t, "seen", body.Items[0].After.Reason.Code)
	require.InDelta(t, 1, body.Items[0].Numerator, 0)
	require.Zero(t, body.Items[0].Denominator)
	require.Equal(t, secretName, body.Items[0].Name)
	require.Equal(t, uint64(1), body.Totals.ChangedRole)
	require.InDelta(t, 2, body.Totals.After.Numerator, 0)
	require.True(t, d.lineage.compared.KnownAt.IsZero())
	require.Equal(t, d.lineage.compared.Period, d.lineage.compared.Against.Period)
	d.ask("GET", "/api/v1/indicators/monthly-visit-rate/diff?period=2022-11&against_period=2022-10", "")
	require.Equal(t, "2022-10", d.lineage.compared.Against.Period.String())
}

func TestQuestionsForLineageThatAreRefused(t *testing.T) {
	d := open(t)
	for path, c := range map[string]struct {
		status        int
		code, pointer string
	}{
		"no-such/records":                          {http.StatusNotFound, "indicator-not-found", "/target/code"},
		"elder-beds/records?variant=other":         {http.StatusNotFound, "variant-not-found", "/variant"},
		"elder-beds/records?area=999999":           {http.StatusNotFound, "unknown-area", "/area"},
		"elder-beds/records?area=532601001001":     {http.StatusNotFound, "no-such-cell", "/area"},
		"elder-beds/records?period=2022-13":        {http.StatusUnprocessableEntity, "period-form", "/period"},
		"elder-beds/records?known_at=yesterday":    {http.StatusUnprocessableEntity, "instant-form", "/known_at"},
		"elder-beds/records?role=both":             {http.StatusUnprocessableEntity, "role-word", "/role"},
		"elder-beds/records?limit=0":               {http.StatusUnprocessableEntity, "number-range", "/limit"},
		"elder-beds/diff":                          {http.StatusUnprocessableEntity, "against-missing", "/against_known_at"},
		"elder-beds/diff?against_period=x":         {http.StatusUnprocessableEntity, "period-form", "/against_period"},
		"elder-beds/diff?against_known_at=x":       {http.StatusUnprocessableEntity, "instant-form", "/against_known_at"},
		"elder-beds/records?against_period=2022-1": {http.StatusUnprocessableEntity, "parameter", ""},
	} {
		p := d.ask("GET", "/api/v1/indicators/"+path, "").problem()
		require.Equal(t, c.status, p.Status, path)
		require.Equal(t, c.code, p.Code, path)
		require.True(t, chinese(p.DetailZh), path)
		if c.pointer != "" {
			require.Equal(t, c.pointer, p.Errors[0].Pointer, path)
		}
	}
	d.lineage.err = lineage.ErrNoCell
	require.Equal(t, "no-such-cell", d.ask("GET", "/api/v1/indicators/elder-beds/records", "").problem().Code)
}
