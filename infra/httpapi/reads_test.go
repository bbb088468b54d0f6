package httpapi

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

func TestAnEldersPage(t *testing.T) {
	d := open(t)
	id := d.given("/elders", life()[0].body)
	at := "/elders/" + id.String()
	visit := func(on, outcome string) string {
		return `{"occurred_on":"` + on + `","mode":"home","outcome":"` + outcome + `"}`
	}
	d.given(at+"/circumstances", `{"circumstances":["very_old","living_alone"],"effective_on":"2022-01-05"}`)
	wrongOne := d.given(at+"/visits", visit("2022-11-20", "seen"))
	d.given(at+"/visits", visit("2022-11-03", "seen"))
	d.given(at+"/visits", visit("2022-11-10", "absent"), at+"/visits/"+wrongOne.String()+"/entered-in-error", `{"reason":"x"}`)

	answer := d.ask("GET", "/api/v1"+at, "")
	require.Equal(t, `"5"`, answer.header.Get("ETag"))
	e := decoded[ElderDetail](answer)
	require.Equal(t, secretName, e.Name)
	require.Equal(t, idNumber(1)[:6]+"********"+idNumber(1)[14:], e.IDNumberMasked)
	require.NotContains(t, answer.body, idNumber(1))
	require.Equal(t, "开化街道", e.AreaName)
	require.Equal(t, []string{"living_alone", "very_old"}, e.Circumstances, "in the plan's order")
	require.Equal(t, calendar.Date(2022, 11, 3), *e.LastVisitOn, "the newest on which the elder was seen and that stands")
	require.Len(t, e.Visits, 3)
	require.Equal(t, wrongOne, e.Visits[0].ID)
	require.True(t, e.Visits[0].EnteredInError)
	require.Equal(t, now, e.Visits[0].RecordedAt)

	for range 25 {
		d.given(at+"/visits", visit("2022-10-01", "seen"))
	}
	require.Len(t, decoded[ElderDetail](d.ask("GET", "/api/v1"+at, "")).Visits, 20)
	require.Equal(t, "elder-not-found", d.ask("GET", "/api/v1/elders/"+nobody, "").problem().Code)
	require.Equal(t, "id-form", d.ask("GET", "/api/v1/elders/"+secretPhone, "").problem().Code)

	d.sealer.erased[uuid.NewSHA1(id, []byte("key-subject"))] = true
	e = decoded[ElderDetail](d.ask("GET", "/api/v1"+at, ""))
	require.Empty(t, e.Name)
	require.Empty(t, e.IDNumberMasked)
}

func TestEldersByPage(t *testing.T) {
	d := open(t)
	for range 5 {
		d.registers.ids = append(d.registers.ids, d.anElder())
	}
	slices.SortFunc(d.registers.ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	var seen []uuid.UUID
	path := "/api/v1/elders?area=532601001&limit=2"
	cursor := ""
	for {
		page := decoded[EldersBody](d.ask("GET", path+"&cursor="+cursor, ""))
		require.Equal(t, uint64(5), page.Total)
		for _, e := range page.Items {
			require.Equal(t, secretName, e.Name)
			seen = append(seen, e.ID)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	require.Equal(t, d.registers.ids, seen)
	require.Equal(t, []string{"532601001"}, d.registers.areas)

	next := decoded[EldersBody](d.ask("GET", path, "")).Next
	for behaviour, bad := range map[string]string{
		"one letter changed": strings.ToLower(next[:3]) + next[3:], "cut short": next[:len(next)-2], "made up": "bm8", "another area's": next,
	} {
		address := path
		if bad == next {
			address = "/api/v1/elders?area=532601002&limit=2"
		}
		require.Equal(t, "cursor", d.ask("GET", address+"&cursor="+bad, "").problem().Code, behaviour)
	}
	for _, limit := range []string{"0", "201", "x", "-1", "1e2"} {
		require.Equal(t, "number-range", d.ask("GET", "/api/v1/elders?limit="+limit, "").problem().Code)
	}
}

func TestFindingSomebody(t *testing.T) {
	d := open(t)
	id := d.given("/elders", life()[0].body)
	namesake := d.given("/elders", `{"area":"532622","registered_on":"2022-01-05","sex":"female","born_on":"1950-03-11","name":"`+secretName+`"}`)
	refused := strings.Replace(life()[0].body, "2022-01-05", "1999-01-05", 1)
	d.tell("/elders", strings.Replace(refused, idNumber(1), idNumber(9), 1)).problem()
	find := func(query string, headers ...string) []uuid.UUID {
		ids := []uuid.UUID{}
		for _, e := range decoded[EldersBody](d.ask("GET", "/api/v1/elders?"+query, "", headers...)).Items {
			ids = append(ids, e.ID)
		}
		return ids
	}
	require.Equal(t, []uuid.UUID{id}, find("q="+idNumber(1)))
	require.ElementsMatch(t, []uuid.UUID{id, namesake}, find("q="+secretName))
	require.Equal(t, []uuid.UUID{namesake}, find("area=532622&q="+secretName))
	require.Equal(t, []uuid.UUID{id}, find("q="+secretName, "Authorization", "Bearer "+caseworkerToken), "only their own area's")
	require.Empty(t, find("q=张"), "only whole names are found")
	require.Empty(t, find("q="+idNumber(9)), "nobody was registered")
}

func TestWhoMaySeeAndRecordWhat(t *testing.T) {
	d := open(t)
	here := d.anElder().String()
	there := d.given("/elders", `{"area":"532622","registered_on":"2022-01-05","sex":"female","born_on":"1950-03-11"}`).String()
	visit := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`
	as := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	status := func(method, path, body, token string) int {
		if method == http.MethodPost {
			return d.tell(path, body, as(token)...).status
		}
		return d.ask(method, "/api/v1"+path, body, as(token)...).status
	}
	for _, c := range []struct {
		method, path, body       string
		admin, caseworker, reads int
	}{
		{"POST", "/elders/" + here + "/visits", visit, 201, 201, 403},
		{"POST", "/elders/" + there + "/visits", visit, 201, 403, 403},
		{"POST", "/elders/" + nobody + "/visits", visit, 404, 404, 403},
		{"POST", "/retrofits", `{"area":"532622","household":"` + nobody + `","applied_on":"2022-03-01"}`, 201, 403, 403},
		{"POST", "/retrofits", `{"area":"532601001","household":"` + nobody + `","applied_on":"2022-03-01"}`, 201, 201, 403},
		{"GET", "/elders/" + here, "", 200, 200, 403},
		{"GET", "/elders/" + there, "", 200, 403, 403},
		{"GET", "/elders?area=532601", "", 200, 200, 403},
		{"GET", "/elders?area=532622", "", 200, 403, 403},
		{"GET", "/elders", "", 200, 403, 403},
		{"GET", "/indicators?area=532622", "", 200, 200, 200},
		{"GET", "/alerts", "", 200, 200, 200},
		{"GET", "/status", "", 200, 200, 200},
		{"GET", "/parked", "", 200, 200, 200},
		{"POST", "/parked/replay", "{}", 200, 403, 403},
	} {
		require.Equal(t, c.admin, status(c.method, c.path, c.body, adminToken), "%s %s as administrator", c.method, c.path)
		require.Equal(t, c.caseworker, status(c.method, c.path, c.body, caseworkerToken), "%s %s as caseworker", c.method, c.path)
		require.Equal(t, c.reads, status(c.method, c.path, c.body, analystToken), "%s %s as analyst", c.method, c.path)
	}
	d.t = t
	body := `{"commands":[` + one("x1", "log-home-visit", `{"elder":"`+here+`"}`, visit) + "," + one("x2", "log-home-visit", `{"elder":"`+there+`"}`, visit) + `]}`
	results := decoded[BatchResults](d.ask("POST", "/api/v1/commands", body, as(caseworkerToken)...)).Results
	require.Equal(t, []string{"accepted", "rejected not-allowed"}, verdicts(results))
}

func TestIndicators(t *testing.T) {
	d := open(t)
	value := 52.0
	d.cells.answer = indicators.Answer{Frontier: 70123, Cells: []indicators.Cell{{
		Code: "monthly-visit-rate", Area: "532601", Period: "2022-11", Month: calendar.MonthOf(2022, 11), Value: &value, Unit: "%", Status: plan.Behind, Position: 70123,
		Targets: []plan.Assessment{},
	}}}
	answer := d.ask("GET", "/api/v1/indicators?area=532600000000&period=2022-11&level=county&code=monthly-visit-rate,elder-beds&known_at=2022-12-01T00:00:00Z", "")
	require.Equal(t, http.StatusOK, answer.status, answer.body)
	require.Equal(t, indicators.Query{
		Area: "532600", Level: indicators.Counties, Period: calendar.MonthPeriod(calendar.MonthOf(2022, 11)),
		Codes: []string{"monthly-visit-rate", "elder-beds"}, KnownAt: time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC),
	}, d.cells.asked)
	require.Contains(t, answer.body, `"position":"70123"`)
	require.Contains(t, answer.body, `"frontier":"70123"`)
	require.Contains(t, answer.body, `"value":52`)

	d.ask("GET", "/api/v1/indicators?known_at=2022-12-05", "")
	require.Equal(t, time.Date(2022, 12, 5, 15, 59, 59, 999_999_000, time.UTC), d.cells.asked.KnownAt.UTC(), "a day is all of it, in Asia/Shanghai")
	d.ask("GET", "/api/v1/indicators", "")
	require.True(t, d.cells.asked.KnownAt.IsZero())
	require.Equal(t, "2022-11", d.cells.asked.Period.String(), "the newest month with records")
	require.Equal(t, "532600", d.cells.asked.Area)
	for query, code := range map[string]string{
		"area=1": "unknown-area", "period=2022-13": "period-form", "level=village": "level-word", "code=nothing": "indicator-not-found",
		"known_at=yesterday": "instant-form", "known_at=2022-02-30": "instant-form", "cursor=x": "cursor",
	} {
		p := d.ask("GET", "/api/v1/indicators?"+query, "").problem()
		require.Equal(t, code, p.Code)
		name, _, _ := strings.Cut(query, "=")
		require.Equal(t, "/"+name, p.Errors[0].Pointer)
	}
}

func TestCellsAreIncompleteWhileTheProjectionIsBehind(t *testing.T) {
	d := open(t)
	complete := func(counted, due uint64) bool {
		d.due = due
		d.cells.answer = indicators.Answer{Frontier: 5, Counted: counted, Cells: []indicators.Cell{{Month: calendar.MonthOf(2022, 11), Complete: true}}}
		return decoded[CellsBody](d.ask("GET", "/api/v1/indicators?period=2022-11", "")).Items[0].Complete
	}
	require.True(t, complete(70_123, 70_000))
	require.False(t, complete(14_850, 70_000))
}

func TestCellsComeByPage(t *testing.T) {
	d := open(t)
	d.cells.answer.Cells = slices.Repeat([]indicators.Cell{{Month: calendar.MonthOf(2022, 11)}}, mostCells+7)
	first := decoded[CellsBody](d.ask("GET", "/api/v1/indicators?period=2022-11", ""))
	require.Len(t, first.Items, mostCells)
	second := decoded[CellsBody](d.ask("GET", "/api/v1/indicators?period=2022-11&cursor="+first.Next, ""))
	require.Len(t, second.Items, 7)
	require.Empty(t, second.Next)
	require.Equal(t, "cursor", d.ask("GET", "/api/v1/indicators?period=2022-10&cursor="+first.Next, "").problem().Code)
}

func TestTrend(t *testing.T) {
	d := open(t)
	require.Equal(t, 200, d.ask("GET", "/api/v1/indicators/monthly-visit-rate/trend?area=532601&from=2021-12&to=2022-11", "").status)
	require.Equal(t, indicators.TrendQuery{
		Area: "532601", Code: "monthly-visit-rate", From: calendar.MonthOf(2021, 12), To: calendar.MonthOf(2022, 11),
	}, d.cells.trend)
	d.ask("GET", "/api/v1/indicators/nursing-bed-share/trend?variant=operating", "")
	require.Equal(t, calendar.MonthOf(2021, 12), d.cells.trend.From, "a year of months")
	for query, code := range map[string]string{
		"monthly-visit-rate/trend?from=2022-12&to=2022-11": "period-form", "monthly-visit-rate/trend?from=1900-01": "period-form",
		"nothing/trend": "indicator-not-found", "monthly-visit-rate/trend?to=x": "period-form", "monthly-visit-rate/trend?variant=x": "indicator-not-found",
	} {
		require.Equal(t, code, d.ask("GET", "/api/v1/indicators/"+query, "").problem().Code, query)
	}
}

func TestSmallQuestions(t *testing.T) {
	d := open(t)
	areas := decoded[list[Area]](d.ask("GET", "/api/v1/areas", ""))
	require.Equal(t, Area{Code: "532600", Name: "文山壮族苗族自治州", NameEn: "Wenshan Prefecture", Level: "prefecture"}, areas.Items[0])
	require.Contains(t, areas.Items, Area{Code: "532601001", Name: "开化街道", Level: "township", Parent: "532601"})
	require.JSONEq(t, `{"first":"2020-12","newest_with_records":"2022-11","current":"2022-12"}`, d.ask("GET", "/api/v1/periods?area=532600", "").body)
	definitions := d.ask("GET", "/api/v1/indicator-definitions", "").body
	require.Contains(t, definitions, `"numerator_zh"`)
	require.Contains(t, definitions, `"variant":"operating"`)
	require.JSONEq(t, `{"ledger":"l","epoch":7,"head":"70123","prefectures":[{"code":"5326","name":"文山","name_en":"","frontier":"70120","head":"70123","behind_events":3,"lag_seconds":1.5,"parked":0,
		"projection":{"serving":1,"previous":0,"building":2,"paused":false,"projected":"40","head":"70123","estimated_seconds":null},
		"longest_silent":{"area":"532628","name":"富宁县","name_en":"","recorded_at":null,"silent_seconds":null}}],"log":"","bus":"","warehouse":""}`,
		d.ask("GET", "/api/v1/status", "").body)
	require.JSONEq(t, `{"principal":{"id":"11111111-0000-4000-8000-000000000002","role":"caseworker"},"areas":["532601"]}`,
		d.ask("GET", "/api/v1/session", "", "Authorization", "Bearer "+caseworkerToken).body)
	require.Equal(t, "page /docs.html", d.ask("GET", "/docs", "").body)
}

func TestAlerts(t *testing.T) {
	d := open(t)
	require.JSONEq(t, `{"items":[],"next":""}`, d.ask("GET", "/api/v1/alerts", "").body)
	require.Equal(t, "open", d.registers.state)
	d.registers.alerts = []registers.Alert{{Code: "monthly-visit-rate", Area: "532601", State: "resolved"}}
	require.Len(t, decoded[list[registers.Alert]](d.ask("GET", "/api/v1/alerts?area=532601&state=all", "")).Items, 1)
	require.Empty(t, d.registers.state)
	require.Contains(t, d.registers.areas, "532601001")
	require.Equal(t, "state-word", d.ask("GET", "/api/v1/alerts?state=closed", "").problem().Code)
}
