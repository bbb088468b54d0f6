package httpapi

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/fault"
)

const nobody = "0190a000-0000-7000-8000-00000000dead"

func TestBadInput(t *testing.T) {
	d := open(t)
	elder, house := d.anElder().String(), d.aHouse().String()
	visits, stays := "/elders/"+elder+"/visits", "/elders/"+elder+"/stays"
	stay := d.given(stays, `{"institution":"`+house+`","admitted_on":"2022-06-01"}`).String()
	other, house2nd := d.anElder().String(), d.aHouse().String()
	child := d.given("/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15"}`).String()
	nursery := d.given("/childcare", `{"area":"532601001","name":"x","ownership":"public","registered_on":"2020-01-01"}`).String()
	visit := func(on string) string { return `{"occurred_on":"` + on + `","mode":"home","outcome":"seen"}` }
	person := func(more string) string {
		return `{"area":"532601001","registered_on":"2022-01-05","sex":"female",` + more + `}`
	}
	house2 := func(name string) string {
		return `{"area":"532601001","name":"` + name + `","kind":"apartment","ownership":"public","registered_on":"2020-01-01"}`
	}
	for _, c := range []struct {
		behaviour, path, body string
		status                int
		code, pointer         string
	}{
		{"an unknown member", visits, `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","nte":"` + secretNote + `"}`, 422, "unknown-field", "/nte"},
		{"a value typed where a name belongs", visits, `{"` + secretName + `":1}`, 422, "unknown-field", "/?"},
		{"a member in capitals", visits, `{"Occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`, 422, "unknown-field", "/?"},
		{"an unknown member further in", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","guardian":{"nme":"` + secretName + `"}}`, 422, "unknown-field", "/guardian/nme"},
		{"a number for a text", visits, `{"occurred_on":20221103,"mode":"home","outcome":"seen"}`, 422, "wrong-type", "/occurred_on"},
		{"a text for a number", "/institutions/" + house + "/open-beds", `{"beds":"` + secretPhone + `","nursing_beds":0,"opened_on":"2020-02-01"}`, 422, "wrong-type", "/beds"},
		{"a wrong type further in", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","guardian":{"name":13987654321}}`, 422, "wrong-type", "/guardian/name"},
		{"a list for an object", visits, `[1]`, 422, "not-an-object", ""},
		{"null for an object", visits, `null`, 422, "not-an-object", ""},
		{"no JSON", visits, `name=` + secretName, 400, "not-json", ""},
		{"JSON with something behind it", visits, visit("2022-11-03") + `}`, 400, "not-json", ""},
		{"nothing", visits, ``, 400, "not-json", ""},
		{"broken UTF-8", visits, "{\"occurred_on\":\"2022-11-03\",\"mode\":\"home\",\"outcome\":\"seen\",\"note\":\"\xff\xfe\"}", 400, "not-json", ""},
		{"half a character", "/institutions", house2(`\ud800`), 422, "text-characters", "/name"},
		{"a control character in a name", "/institutions", house2(`a\u0007b`), 422, "text-characters", "/name"},
		{"a name of two lines", "/institutions", house2(`a\nb`), 422, "text-characters", "/name"},
		{"a name of blanks", "/institutions", house2(`  `), 422, "field-missing", "/name"},
		{"a name of 101 characters", "/institutions", house2(strings.Repeat("院", 101)), 422, "text-length", "/name"},
		{"a missing number", "/institutions/" + house + "/open-beds", `{"beds":1,"opened_on":"2020-02-01"}`, 422, "field-missing", "/nursing_beds"},
		{"null for what is needed", visits, `{"occurred_on":null,"mode":"home","outcome":"seen"}`, 422, "field-missing", "/occurred_on"},
		{"a number out of range", "/institutions/" + house + "/open-beds", `{"beds":99999999999999999999,"nursing_beds":0,"opened_on":"2020-02-01"}`, 422, "number-range", "/beds"},
		{"half a bed", "/institutions/" + house + "/open-beds", `{"beds":1.5,"nursing_beds":0,"opened_on":"2020-02-01"}`, 422, "number-range", "/beds"},
		{"a figure beyond all numbers", "/figures", `{"area":"532600","series":"population","period":"2020","value":1e999,"unit":"persons","source":"x"}`, 422, "number-range", "/value"},
		{"a negative figure", "/figures", `{"area":"532600","series":"population","period":"2020","value":-1,"unit":"persons","source":"x"}`, 422, "figure-value", "/value"},
		{"a series that is no name", "/figures", `{"area":"532600","series":"../x","period":"2020","value":1,"unit":"persons","source":"x"}`, 422, "series-name", "/series"},
		{"a day that does not exist", visits, visit("2022-02-30"), 422, "day-form", "/occurred_on"},
		{"a visit in the future", visits, visit("2022-12-07"), 422, "in-the-future", "/occurred_on"},
		{"a visit before birth", visits, visit("1948-02-28"), 422, "visit-before-birth", "/occurred_on"},
		{"an unknown word", visits, `{"occurred_on":"2022-11-03","mode":"dream","outcome":"seen"}`, 422, "unknown-word", "/mode"},
		{"an unknown area", "/institutions", strings.Replace(house2("x"), "532601001", "999999999", 1), 404, "unknown-area", "/area"},
		{"an unknown elder", "/elders/" + nobody + "/visits", visit("2022-11-03"), 404, "elder-not-found", "/target/elder"},
		{"an id that is none", "/elders/" + secretPhone + "/visits", visit("2022-11-03"), 422, "id-form", "/target/elder"},
		{"an id of zeros", "/elders/" + uuid.Nil.String() + "/visits", visit("2022-11-03"), 422, "id-form", "/target/elder"},
		{"an unknown institution", stays, `{"institution":"` + nobody + `","admitted_on":"2022-11-01"}`, 404, "institution-not-found", "/institution"},
		{"an unknown visit", visits + "/" + nobody + "/correction", `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","reason":"x"}`, 404, "visit-not-found", "/target/visit"},
		{"an admission in the future", "/elders/" + other + "/stays", `{"institution":"` + house + `","admitted_on":"2022-12-20"}`, 422, "in-the-future", "/admitted_on"},
		{"a transfer in the future", stays + "/" + stay + "/transfer", `{"institution":"` + house2nd + `","transferred_on":"2022-12-20"}`, 422, "in-the-future", "/transferred_on"},
		{"an enrolment in the future", "/children/" + child + "/enrolments", `{"childcare":"` + nursery + `","class":"mixed","enrolled_on":"2022-12-20"}`, 422, "in-the-future", "/enrolled_on"},
		{"a figure that the plan does not count with", "/figures", `{"area":"532600","series":"rainfall","period":"2020","value":1,"unit":"mm","source":"x"}`, 422, "unknown-series", "/series"},
		{"a figure in another unit", "/figures", `{"area":"532600","series":"population","period":"2020","value":1,"unit":"万人","source":"x"}`, 422, "figure-unit", "/unit"},
		{"a name that is given, but blank", "/elders", person(`"born_on":"1948-03-12","name":" "`), 422, "text-blank", "/name"},
		{"a name that is given, but empty", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","name":""}`, 422, "text-blank", "/name"},
		{"an elder of the prefecture itself", "/elders", strings.Replace(person(`"born_on":"1948-03-12"`), "532601001", "532600", 1), 422, "area-too-large", "/area"},
		{"a standing that an elder cannot have", "/elders/" + elder + "/standings", `{"standing":"day_care","effective_on":"2022-01-01"}`, 422, "unknown-standing", "/standing"},
		{"a certificate without an end", "/childcare/" + nursery + "/standings", `{"standing":"fire_safety","effective_on":"2021-01-01"}`, 422, "until-missing", "/until"},
		{"a day without a day", "/childcare/" + nursery + "/standings", `{"standing":"fire_safety","effective_on":"2021-01-01","until":"2021-02-30"}`, 422, "day-form", "/until"},
		{"the end of what is not recorded", "/elders/" + elder + "/standings/" + nobody + "/end", `{"ended_on":"2022-01-01"}`, 404, "record-not-found", "/target/record"},
		{"an error in what is not recorded", "/children/" + child + "/records/" + nobody + "/entered-in-error", `{}`, 404, "record-not-found", "/target/record"},
		{"an activity of an unknown unit", "/units/" + nobody + "/activities", `{"activity":"respect_month","occurred_on":"2022-10-01"}`, 404, "unit-not-found", "/target/unit"},
		{"a unit of an unknown kind", "/units", `{"kind":"pub","area":"532601001","registered_on":"2022-01-01"}`, 422, "unknown-word", "/kind"},
		{"a move to where one lives", "/elders/" + elder + "/move", `{"area":"532601001","moved_on":"2022-02-01"}`, 409, "same-area", "/area"},
		{"a move to the prefecture itself", "/elders/" + elder + "/move", `{"area":"532600","moved_on":"2022-02-01"}`, 422, "area-too-large", "/area"},
		{"a death in the future", "/elders/" + elder + "/death", `{"died_on":"2022-12-20"}`, 422, "in-the-future", "/died_on"},
		{"a newborn visit that nobody can place", "/children/" + child + "/newborn-visits", `{"occurred_on":"2021-02-10"}`, 422, "days-since-birth", "/days_since_birth"},
		{"a check with the next one before it", "/children/" + child + "/checks", `{"occurred_on":"2021-02-10","next_due_on":"2021-02-09"}`, 422, "next-due-too-early", "/next_due_on"},
		{"a member twice", visits, `{"occurred_on":"2022-11-03","mode":"home","mode":"video","outcome":"seen"}`, 422, "member-twice", "/mode"},
		{"a member twice further in", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","guardian":{"name":"a","name":"b"}}`, 422, "member-twice", "/guardian/name"},
		{"a wrong check digit", "/elders", person(`"id_number":"` + idNumber(2)[:17] + wrong(idNumber(2)[17]) + `"`), 422, "id-number-check-digit", "/id_number"},
		{"an ID number zeroed by a spreadsheet", "/elders", person(`"id_number":"` + idNumber(2)[:15] + `000"`), 422, "id-number-spreadsheet", "/id_number"},
		{"a short ID number", "/elders", person(`"id_number":"53260119480311"`), 422, "id-number-form", "/id_number"},
		{"another day of birth than the ID number's", "/elders", person(`"born_on":"1948-03-12","id_number":"` + idNumber(2) + `"`), 422, "born-mismatch", "/born_on"},
		{"another sex than the ID number's", "/elders", strings.Replace(person(`"id_number":"`+idNumber(2)+`"`), "female", "male", 1), 422, "sex-mismatch", "/sex"},
		{"neither a day of birth nor an ID number", "/elders", person(`"name":"x"`), 422, "field-missing", "/born_on"},
		{"somebody under 60", "/elders", person(`"born_on":"1990-01-01"`), 422, "elder-under-60", "/born_on"},
		{"a second current stay", stays, `{"institution":"` + house + `","admitted_on":"2022-07-01"}`, 409, "no-vacant-bed", ""},
		{"a discharge before the admission", stays + "/" + stay + "/discharge", `{"discharged_on":"2022-05-31","reason":"home"}`, 409, "discharge-before-admission", "/discharged_on"},
		{"a number as ID of a household", "/retrofits", `{"area":"532601001","household":"7","applied_on":"2022-03-01"}`, 422, "id-form", "/household"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			d.t = t
			before := d.ledger.count()
			answer := d.tell(c.path, c.body)
			p := answer.problem()
			require.Equal(t, c.code, p.Code, answer.body)
			require.Equal(t, c.status, answer.status)
			if c.pointer != "" {
				require.NotEmpty(t, p.Errors)
				require.Equal(t, c.pointer, p.Errors[0].Pointer)
			}
			if c.code != "no-vacant-bed" { // a bed may be held and let go again
				require.Equal(t, before, d.ledger.count(), "nothing is recorded")
			}
		})
	}
	d.t = t
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	d := open(t)
	elder := d.anElder().String()
	visit := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`
	for path, body := range map[string]string{
		"/elders/" + nobody + "/visits":       visit,
		"/elders/" + elder + "/stays":         `{"institution":"` + nobody + `","admitted_on":"2022-11-01"}`,
		"/children/" + nobody + "/enrolments": `{"childcare":"` + nobody + `","class":"mixed","enrolled_on":"2022-11-01"}`,
	} {
		p := d.tell(path, body).problem()
		require.Equal(t, http.StatusNotFound, p.Status)
		require.Contains(t, p.Detail, "("+nobody+")")
		require.Contains(t, p.DetailZh, nobody)
	}
	p := d.tell("/institutions", `{"area":"999999999","name":"x","kind":"apartment","ownership":"public","registered_on":"2020-01-01"}`).problem()
	require.Contains(t, p.Detail, "999999999")
	p = d.tell("/figures", `{"area":"532600","series":"rainfall","period":"2020","value":1,"unit":"mm","source":"x"}`).problem()
	require.Contains(t, p.Detail, "population, population_60_plus, population_65_plus, population_under_3")
}

// A number of an office that can hardly be right is refused until it is confirmed; one that cannot be is refused.
func TestFiguresThatCanHardlyBeRight(t *testing.T) {
	d := open(t)
	figure := func(period, value, unit, more string) string {
		return `{"area":"532601","series":"population","period":"` + period + `","value":` + value + `,"unit":"` + unit + `","source":"census"` + more + `}`
	}
	d.given("/figures", figure("2020", "480000", "persons", ""))
	for _, c := range []struct {
		behaviour, body string
		status          int
		code, pointer   string
	}{
		{"ten times the last one", figure("2021", "4800000", "persons", ""), 409, "figure-tenfold", "/value"},
		{"a tenth of the last one", figure("2021", "48000", "persons", ""), 409, "figure-tenfold", "/value"},
		{"a period of another type", figure("2021-11", "481000", "persons", ""), 409, "figure-period-type", "/period"},
		{"a school year", figure("SY2021", "481000", "persons", ""), 409, "figure-period-type", "/period"},
		{"another unit", figure("2021", "48.1", "万人", ""), 422, "figure-unit", "/unit"},
		{"another unit, confirmed", figure("2021", "48.1", "万人", `,"confirmed":true`), 422, "figure-unit", "/unit"},
		{"a year to come", figure("2023", "481000", "persons", ""), 422, "in-the-future", "/period"},
		{"a month to come, confirmed", figure("2023-01", "481000", "persons", `,"confirmed":true`), 422, "in-the-future", "/period"},
		{"no period", figure("week 7", "481000", "persons", ""), 422, "period-form", "/period"},
	} {
		p := d.tell("/figures", c.body).problem()
		require.Equal(t, c.status, p.Status, c.behaviour)
		require.Equal(t, c.code, p.Code, c.behaviour)
		require.Equal(t, c.pointer, p.Errors[0].Pointer, c.behaviour)
	}
	d.given("/figures", figure("2021", "4800000", "persons", `,"confirmed":true`), "/figures", figure("2022-11", "481000", "persons", `,"confirmed":true`))
}

func wrong(check byte) string {
	if check == '1' {
		return "2"
	}
	return "1"
}

func TestHostileTextsAreJustText(t *testing.T) {
	d := open(t)
	for _, name := range []string{`<script>alert(1)</script>`, `'; DROP TABLE elders; --`, "Ünïcödé 👵 文山"} {
		id := d.given("/elders", `{"area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11","name":"`+name+`"}`)
		require.Equal(t, name, decoded[ElderDetail](d.ask("GET", "/api/v1/elders/"+id.String(), "")).Name)
	}
}

func TestSeveralFieldsAtFaultAreAllNamed(t *testing.T) {
	d := open(t)
	p := d.tell("/institutions", `{"area":"1","name":"","kind":"apartment","ownership":"public","registered_on":"yesterday"}`).problem()
	var pointers []string
	for _, e := range p.Errors {
		pointers = append(pointers, e.Pointer)
	}
	require.ElementsMatch(t, []string{"/area", "/name", "/registered_on"}, pointers)
}

func TestIdempotency(t *testing.T) {
	d := open(t)
	elder := d.anElder().String()
	visits := "/elders/" + elder + "/visits"
	body := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","note":"` + secretNote + `"}`
	send := func(path, body, key string) answered {
		return d.ask(http.MethodPost, "/api/v1"+path, body, "Idempotency-Key", key)
	}
	first := send(visits, body, "k1").receipt()

	t.Run("the same again answers the first result", func(t *testing.T) {
		before := d.ledger.count()
		d.given(visits, strings.Replace(body, "11-03", "11-09", 1)) // the stream has moved on since
		again := send(visits, body, "k1").receipt()
		require.Equal(t, "duplicate", again.Status)
		again.Status = first.Status
		require.Equal(t, first, again)
		require.Equal(t, before+1, d.ledger.count())
	})
	t.Run("the same in another order with blanks is the same", func(t *testing.T) {
		reordered := `{ "note":"` + secretNote + `", "outcome":"seen","mode":"home",  "occurred_on":"2022-11-03" }`
		require.Equal(t, "duplicate", send(visits, reordered, "k1").receipt().Status)
	})
	t.Run("the same by the batch is the same", func(t *testing.T) {
		batch := `{"commands":[{"key":"k1","type":"log-home-visit","target":{"elder":"` + elder + `"},"body":` + body + `}]}`
		results := decoded[BatchResults](d.ask(http.MethodPost, "/api/v1/commands", batch)).Results
		require.Equal(t, "duplicate", results[0].Status)
		require.Equal(t, first.ID, results[0].ID)
	})
	t.Run("another body is refused", func(t *testing.T) {
		answer := send(visits, strings.Replace(body, "seen", "absent", 1), "k1")
		require.Equal(t, "idempotency-key-reused", answer.problem().Code)
		require.Equal(t, http.StatusUnprocessableEntity, answer.status)
	})
	t.Run("another body is refused where the first made an entity", func(t *testing.T) {
		elder := `{"area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11"}`
		made := send("/elders", elder, "k2").receipt()
		require.Equal(t, made.ID, send("/elders", elder, "k2").receipt().ID)
		require.Equal(t, "idempotency-key-reused", send("/elders", strings.Replace(elder, "03-11", "03-12", 1), "k2").problem().Code)
	})
	t.Run("a refusal is not remembered", func(t *testing.T) {
		require.Equal(t, "in-the-future", send(visits, strings.Replace(body, "2022-11-03", "2023-11-03", 1), "k3").problem().Code)
		require.Equal(t, "accepted", send(visits, body, "k3").receipt().Status)
	})
	t.Run("two people may use one key", func(t *testing.T) {
		answer := d.ask(http.MethodPost, "/api/v1"+visits, body, "Idempotency-Key", "k1", "Authorization", "Bearer "+caseworkerToken)
		require.Equal(t, "accepted", answer.receipt().Status)
	})
	for key, code := range map[string]string{
		"": "idempotency-key-missing", strings.Repeat("k", 201): "idempotency-key-form", "ключ": "idempotency-key-form", "a\tb": "idempotency-key-form",
	} {
		answer := send(visits, body, key)
		require.Equal(t, code, answer.problem().Code)
		require.Equal(t, http.StatusBadRequest, answer.status)
	}
	require.Equal(t, "accepted", send(visits, body, strings.Repeat("k", 200)).receipt().Status)
}

func TestIfMatch(t *testing.T) {
	d := open(t)
	visits := "/elders/" + d.anElder().String() + "/visits"
	body := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`
	d.tell(visits, body, "If-Match", `"0"`).receipt()
	stale := d.tell(visits, body, "If-Match", `"0"`)
	require.Equal(t, http.StatusPreconditionFailed, stale.status)
	require.Equal(t, "stale-revision", stale.problem().Code)
	for _, header := range []string{"1", `W/"1"`, `"x"`, "*", `"-1"`, `"`} {
		answer := d.tell(visits, body, "If-Match", header)
		require.Equal(t, http.StatusBadRequest, answer.status, header)
		require.Equal(t, "if-match-form", answer.problem().Code)
	}
}

func TestWhatHTTPItselfRefuses(t *testing.T) {
	d := open(t)
	visits := "/elders/" + d.anElder().String() + "/visits"
	body := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`
	large := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","note":"` + strings.Repeat("x", singleLimit) + `"}`
	for _, c := range []struct {
		behaviour string
		answer    answered
		status    int
		code      string
	}{
		{"a body over the limit", d.tell(visits, large), 413, "body-too-large"},
		{"a form", d.tell(visits, body, "Content-Type", "application/x-www-form-urlencoded"), 415, "media-type"},
		{"another charset", d.tell(visits, body, "Content-Type", "application/json; charset=gb2312"), 415, "media-type"},
		{"a packed body", d.tell(visits, body, "Content-Encoding", "gzip"), 415, "media-type"},
		{"an unknown address", d.ask("GET", "/api/v1/elder", ""), 404, "no-such-address"},
		{"an address beside the API", d.ask("GET", "/api/v2/elders", ""), 404, "no-such-address"},
		{"a write to a page", d.ask("POST", "/index.html", ""), 404, "no-such-address"},
		{"another method", d.ask("DELETE", "/api/v1"+visits, ""), 405, "method-not-allowed"},
		{"no token", d.tell(visits, body, "Authorization", ""), 401, "not-signed-in"},
		{"a stranger's token", d.tell(visits, body, "Authorization", "Bearer stranger"), 401, "token-not-known"},
		{"a role that only reads", d.tell(visits, body, "Authorization", "Bearer "+analystToken), 403, "not-allowed"},
		{"another site's page", d.tell(visits, body, "Sec-Fetch-Site", "cross-site"), 403, "cross-origin"},
		{"another origin", d.tell(visits, body, "Origin", "https://elsewhere.example"), 403, "cross-origin"},
		{"a device that is no name", d.tell(visits, body, "Careledger-Device", "手机"), 400, "device-form"},
		{"an unknown parameter", d.ask("GET", "/api/v1/indicators?aera=532600", ""), 422, "parameter"},
		{"a broken store of tokens", d.tell(visits, body, "Authorization", "Bearer token-while-the-store-is-broken"), 500, "internal"},
	} {
		require.Equal(t, c.code, c.answer.problem().Code, c.behaviour)
		require.Equal(t, c.status, c.answer.status, c.behaviour)
		require.Equal(t, "no-store", c.answer.header.Get("Cache-Control"), c.behaviour)
	}
	require.Equal(t, "POST", d.ask("DELETE", "/api/v1"+visits, "").header.Get("Allow"))
	require.Equal(t, "GET, POST", d.ask("PUT", "/api/v1/elders", "").header.Get("Allow"))
	require.Equal(t, "Bearer", d.tell(visits, body, "Authorization", "").header.Get("WWW-Authenticate"))
	require.Equal(t, `Bearer error="invalid_token"`, d.tell(visits, body, "Authorization", "Bearer stranger").header.Get("WWW-Authenticate"))
	d.tell(visits, body, "Content-Type", "").receipt()
	d.tell(visits, body, "Content-Type", "application/json; charset=UTF-8").receipt()
}

func TestWithoutATokenNothingAnswers(t *testing.T) {
	d := open(t)
	for _, path := range []string{
		"/metrics", "/openapi.json", "/asyncapi.json", "/api", "/api/", "/api/v1/nothing", "/api/v1/areas", "/api/v1/elders", "/api/v1/status",
		"/api/v1/live", "/api/v1/session", "/api/v1/indicators", "/api/v1/alerts",
	} {
		answer := d.ask("GET", path, "", "Authorization", "")
		require.Equal(t, http.StatusUnauthorized, answer.status, path)
		require.Equal(t, "not-signed-in", answer.problem().Code, path)
	}
	for path, body := range map[string]string{"/livez": "ok\n", "/readyz": "ready\n", "/": "page /", "/docs": "page /docs.html", "/assets/a.js": "page /assets/a.js"} {
		answer := d.ask("GET", path, "", "Authorization", "")
		require.Equal(t, http.StatusOK, answer.status, path)
		require.Equal(t, body, answer.body)
		require.Equal(t, "nosniff", answer.header.Get("X-Content-Type-Options"))
		require.Contains(t, answer.header.Get("Content-Security-Policy"), "default-src 'self'")
	}
}

func TestWhatBreaksBehindTheDoor(t *testing.T) {
	unavailable := fault.New(fault.Unavailable, "log-unavailable", "日志暂不可用。", "The log is away.")
	d := open(t)
	visits := "/elders/" + d.anElder().String() + "/visits"
	body := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","note":"` + secretNote + `"}`

	d.ledger.breakWith(unavailable)
	away := d.tell(visits, body)
	require.Equal(t, http.StatusServiceUnavailable, away.status)
	require.Equal(t, "log-unavailable", away.problem().Code)
	require.Equal(t, "1", away.header.Get("Retry-After"))

	d.ledger.breakWith(errors.New("pebble: checksum mismatch at 0x17"))
	inside := d.tell(visits, body)
	require.Equal(t, http.StatusInternalServerError, inside.status)
	require.Equal(t, "internal", inside.problem().Code)
	require.NotContains(t, inside.body, "pebble")
	require.Equal(t, 1, strings.Count(d.logs.String(), "checksum mismatch"), "logged, once")

	d.ledger.breakWith(nil)
	d.cells.err = unavailable
	require.Equal(t, http.StatusServiceUnavailable, d.ask("GET", "/api/v1/indicators", "").status)
}

func TestLogLinesNameRoutesNotPeople(t *testing.T) {
	d := open(t)
	elder := d.anElder().String()
	d.ask("GET", "/api/v1/elders?q="+idNumber(3), "")
	d.ask("GET", "/api/v1/elders/"+elder, "")
	require.Contains(t, d.logs.String(), `"route":"/api/v1/elders/{elder}"`)
	require.NotContains(t, d.logs.String(), elder)
	require.NotContains(t, d.ask("GET", "/metrics", "").body, elder)
	require.Contains(t, d.ask("GET", "/metrics", "").body, `careledger_commands_total{result="accepted",type="register-elder"} 1`)
}
