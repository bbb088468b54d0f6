package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/fault"
)

// one writes an item of a batch.
func one(key, name, target, body string) string {
	return fmt.Sprintf(`{"key":%q,"type":%q,"target":%s,"body":%s}`, key, name, target, body)
}

func batchOfOne(t *testing.T, i int, s step, ids map[string]string) string {
	t.Helper()
	c := find(t, s.command)
	target := map[string]string{}
	have, want := strings.Split(fill(s.path, ids), "/"), strings.Split(c.path, "/")
	for j, part := range want {
		if strings.HasPrefix(part, "{") {
			target[strings.Trim(part, "{}")] = have[j]
		}
	}
	text, err := json.Marshal(target)
	require.NoError(t, err)
	return `{"commands":[` + one(fmt.Sprintf("b%d", i), s.command, string(text), fill(s.body, ids)) + `]}`
}

func find(t *testing.T, name string) spec {
	t.Helper()
	for _, c := range catalogue() {
		if c.name == name {
			return c
		}
	}
	t.Fatalf("no command %s", name)
	return spec{}
}

func (d *door) batch(items ...string) []BatchResult {
	d.t.Helper()
	answer := d.ask(http.MethodPost, "/api/v1/commands", `{"commands":[`+strings.Join(items, ",")+`]}`)
	require.Equal(d.t, http.StatusOK, answer.status, answer.body)
	d.keepsSecrets("a batch's answer", answer.body)
	return decoded[BatchResults](answer).Results
}

func verdicts(results []BatchResult) []string {
	all := make([]string, len(results))
	for i, r := range results {
		all[i] = r.Status
		if r.Problem != nil {
			all[i] += " " + r.Problem.Code
		}
	}
	return all
}

func TestOneBadItemHoldsNobodyUp(t *testing.T) {
	d := open(t)
	a, b := d.anElder().String(), d.anElder().String()
	at := func(id string) string { return `{"elder":"` + id + `"}` }
	visit := func(on string) string {
		return `{"occurred_on":"` + on + `","mode":"home","outcome":"seen","note":"` + secretNote + `"}`
	}
	seals := d.sealer.seals
	results := d.batch(
		one("1", "log-home-visit", at(a), visit("2022-11-01")),
		one("2", "log-home-visit", at(a), visit("2030-11-01")),
		one("3", "log-home-visit", at(b), visit("2022-11-02")),
		one("1", "log-home-visit", at(a), visit("2022-11-01")),
		one("1", "log-home-visit", at(b), visit("2022-11-03")),
		one("3", "log-home-visit", at(b), visit("2022-11-04")),
		one("", "log-home-visit", at(a), visit("2022-11-01")),
		one("7", "fly", at(a), visit("2022-11-01")),
		one("8", "log-home-visit", `{"elder":"`+a+`","visit":"x"}`, visit("2022-11-01")),
		one("9", "log-home-visit", at(nobody), visit("2022-11-01")),
		`{"key":10,"type":"log-home-visit","target":{},"body":{}}`,
		`{"key":"11","type":"log-home-visit","target":{},"body":{},"extra":1}`,
		`"`+secretName+`"`, `null`, `{"key":"14","type":"log-home-visit","body":[]}`,
		one("15", "log-home-visit", at(a), visit("2022-11-05")),
	)
	require.Equal(t, []string{
		"accepted", "rejected in-the-future", "accepted", "duplicate", "conflict idempotency-key-reused", "conflict idempotency-key-reused",
		"rejected idempotency-key-missing", "rejected unknown-command", "rejected unknown-field", "rejected elder-not-found",
		"rejected wrong-type", "rejected unknown-field", "rejected not-an-object", "rejected not-an-object", "rejected not-an-object",
		"accepted",
	}, verdicts(results))
	require.Equal(t, "1", results[0].Key)
	require.Equal(t, results[0].ID, results[3].ID)
	require.Equal(t, "/occurred_on", results[1].Problem.Errors[0].Pointer)
	require.Equal(t, seals+1, d.sealer.seals, "everything of a batch is sealed in one go")
}

func TestABatchKeepsTheOrderOfAStream(t *testing.T) {
	d := open(t)
	var items []string
	for n := range 40 {
		id := uuid.New().String()
		target := `{"elder":"` + id + `"}`
		items = append(items,
			one(fmt.Sprint(n, "a"), "register-elder", `{}`, `{"id":"`+id+`","area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11"}`),
			one(fmt.Sprint(n, "b"), "record-circumstances", target, `{"circumstances":["living_alone"],"effective_on":"2022-01-05"}`),
			one(fmt.Sprint(n, "c"), "log-home-visit", target, `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen"}`),
		)
	}
	for i, r := range d.batch(items...) {
		require.Equal(t, "accepted", r.Status, "%+v", r.Problem)
		require.Equal(t, fmt.Sprint(i%3), r.Revision)
	}
	require.Equal(t, 120, d.ledger.count())
}

func TestTwoStreamCommandsStandInTheirStreamsOrder(t *testing.T) {
	d := open(t)
	house, id := d.aHouse().String(), d.anElder().String()
	target, stay := `{"elder":"`+id+`"}`, uuid.New().String()
	results := d.batch(
		one("1", "log-home-visit", target, `{"occurred_on":"2022-05-01","mode":"home","outcome":"seen"}`),
		one("2", "admit-elder", target, `{"id":"`+stay+`","institution":"`+house+`","admitted_on":"2022-06-01"}`),
		one("3", "discharge-elder", `{"elder":"`+id+`","stay":"`+stay+`"}`, `{"discharged_on":"2022-07-01","reason":"home"}`),
		one("4", "admit-elder", target, `{"institution":"`+house+`","admitted_on":"2022-08-01"}`),
	)
	require.Equal(t, []string{"accepted", "accepted", "accepted", "accepted"}, verdicts(results))
}

func TestABatchThatIsNone(t *testing.T) {
	d := open(t)
	for body, want := range map[string]struct {
		status int
		code   string
	}{
		`{"commands":[` + strings.Repeat("1,", batchItems) + `1]}`: {413, "batch-too-large"},
		`{"commands":["` + strings.Repeat("x", batchLimit) + `"]}`: {413, "body-too-large"},
		`{"commands":` + `{}}`:                {422, "wrong-type"},
		`{"commands":null}`:                   {422, "field-missing"},
		`{}`:                                  {422, "field-missing"},
		`[]`:                                  {422, "not-an-object"},
		`{"commands":[],"more":1}`:            {422, "unknown-field"},
		`{"commands":[`:                       {400, "not-json"},
		"{\"commands\":[{\"key\":\"\xff\"}]}": {400, "not-json"},
	} {
		answer := d.ask(http.MethodPost, "/api/v1/commands", body)
		require.Equal(t, want.code, answer.problem().Code)
		require.Equal(t, want.status, answer.status)
	}
	require.Empty(t, d.batch())
	require.Zero(t, d.ledger.count())
}

func TestABatchThatCouldNotBeTriedAtAll(t *testing.T) {
	d := open(t)
	id := d.anElder().String()
	d.ledger.breakWith(fault.New(fault.Unavailable, "log-unavailable", "日志暂不可用。", "The log is away."))
	item := one("1", "log-home-visit", `{"elder":"`+id+`"}`, `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen"}`)
	require.Equal(t, http.StatusServiceUnavailable, d.ask(http.MethodPost, "/api/v1/commands", `{"commands":[`+item+`]}`).status)
	require.Equal(t, []string{"rejected log-unavailable", "rejected unknown-command"}, verdicts(d.batch(item, one("2", "fly", "{}", "{}"))))
}

func TestAnErasedPersonFailsOnlyTheirOwn(t *testing.T) {
	d := open(t)
	a, b := d.anElder(), d.anElder()
	d.sealer.erased[uuid.NewSHA1(a, []byte("key-subject"))] = true
	body := `{"occurred_on":"2022-11-01","mode":"home","outcome":"seen","note":"` + secretNote + `"}`
	results := d.batch(one("1", "log-home-visit", `{"elder":"`+a.String()+`"}`, body), one("2", "log-home-visit", `{"elder":"`+b.String()+`"}`, body))
	require.Equal(t, []string{"rejected person-erased", "accepted"}, verdicts(results))
}

func register(id, number string) string {
	return `{"id":"` + id + `","area":"532601001","registered_on":"2022-01-05","sex":"female","id_number":"` + number + `"}`
}

func TestAnIDNumberIsRegisteredOnce(t *testing.T) {
	d := open(t)
	first, second := uuid.New().String(), uuid.New().String()
	d.given("/elders", register(first, idNumber(4)))
	taken := d.tell("/elders", register(second, idNumber(4)))
	require.Equal(t, http.StatusConflict, taken.status)
	require.Equal(t, "id-number-registered", taken.problem().Code)

	t.Run("twice in one batch", func(t *testing.T) {
		a, b := uuid.New().String(), uuid.New().String()
		results := d.batch(
			one("1", "register-elder", "{}", register(a, idNumber(5))),
			one("2", "register-elder", "{}", register(b, idNumber(5))),
			one("3", "record-circumstances", `{"elder":"`+b+`"}`, `{"circumstances":[],"effective_on":"2022-02-01"}`),
		)
		require.Equal(t, []string{"accepted", "rejected id-number-registered", "rejected elder-not-found"}, verdicts(results))
	})
	t.Run("a claim whose command was refused is free", func(t *testing.T) {
		refused := strings.Replace(register(uuid.New().String(), idNumber(6)), "2022-01-05", "1999-01-05", 1) // under 60 then
		require.Equal(t, "elder-under-60", d.tell("/elders", refused).problem().Code)
		d.given("/elders", register(uuid.New().String(), idNumber(6)))
	})
	t.Run("in one batch, the first refused", func(t *testing.T) {
		refused := strings.Replace(register(uuid.New().String(), idNumber(7)), "2022-01-05", "1999-01-05", 1)
		b := uuid.New().String()
		results := d.batch(
			one("1", "register-elder", "{}", refused),
			one("2", "register-elder", "{}", register(b, idNumber(7))),
			one("3", "record-circumstances", `{"elder":"`+b+`"}`, `{"circumstances":[],"effective_on":"2022-02-01"}`),
		)
		require.Equal(t, []string{"rejected elder-under-60", "accepted", "accepted"}, verdicts(results))
	})
	t.Run("a retry keeps its own claim", func(t *testing.T) {
		body := register(first, idNumber(4))
		key := fmt.Sprint("key-", 1)
		require.Equal(t, "duplicate", d.ask(http.MethodPost, "/api/v1/elders", body, "Idempotency-Key", key).receipt().Status)
	})
}

func TestManyRacingForOneIDNumber(t *testing.T) {
	d := open(t)
	var wg sync.WaitGroup
	statuses := make([]int, 50)
	for i := range statuses {
		wg.Go(func() {
			body := register(uuid.New().String(), idNumber(8))
			if i%2 == 0 { // half of them are refused after their claim
				body = strings.Replace(body, "2022-01-05", "1999-01-05", 1)
			}
			statuses[i] = d.ask(http.MethodPost, "/api/v1/elders", body, "Idempotency-Key", fmt.Sprint("race-", i)).status
		})
	}
	wg.Wait()
	registered := 0
	for _, r := range d.ledger.order {
		if _, ok := r.Event.(elder.Registered); ok {
			registered++
		}
	}
	require.LessOrEqual(t, registered, 1, "statuses %v", statuses)
	d.ask(http.MethodPost, "/api/v1/elders", register(uuid.New().String(), idNumber(8)), "Idempotency-Key", "after")
	require.Equal(t, 1, countRegistered(d), "and one in the end")
}

func countRegistered(d *door) int {
	n := 0
	for _, name := range d.ledger.since(0) {
		if name == "ElderRegistered.v1" {
			n++
		}
	}
	return n
}

func TestAClaimOnItsWayIsNotTakenOver(t *testing.T) {
	d := open(t)
	d.ledger.gate = make(chan chan struct{})
	first := make(chan answered, 1)
	go func() {
		first <- d.ask(http.MethodPost, "/api/v1/elders", register(uuid.New().String(), idNumber(10)), "Idempotency-Key", "first")
	}()
	appending := <-d.ledger.gate // claimed, and no event yet
	second := register(uuid.New().String(), idNumber(10))
	answers := make(chan answered, 1)
	go func() { answers <- d.ask(http.MethodPost, "/api/v1/elders", second, "Idempotency-Key", "second") }()
	var meanwhile answered
	select {
	case meanwhile = <-answers:
	case both := <-d.ledger.gate:
		close(both)
		close(appending)
		t.Fatal("two records with one ID number are on their way")
	case <-time.After(10 * time.Second):
		close(appending)
		t.Fatal("the second waits for the first")
	}
	require.Equal(t, "id-number-contended", meanwhile.problem().Code)
	require.Equal(t, "1", meanwhile.header.Get("Retry-After"))
	close(appending)
	require.Equal(t, http.StatusCreated, (<-first).status)
	require.Equal(t, "id-number-registered", d.ask(http.MethodPost, "/api/v1/elders", second, "Idempotency-Key", "second").problem().Code)
	require.Equal(t, 1, countRegistered(d))
}
