package httpapi

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

// step is one request; {name} in its path and body is an id that an earlier step made.
type step struct {
	command, path, body string
	makes               string
	events              []string
}

// life goes through every command of the catalogue once.
func life() []step {
	return []step{
		{"register-elder", "/elders", `{"area":"532601001000","registered_on":"2022-01-05","sex":"female","id_number":"` + idNumber(1) + `","name":"` + secretName + `","phone":"` + secretPhone + `","address":"` + secretAddress + `"}`, "elder", []string{"ElderRegistered.v1"}},
		{"record-circumstances", "/elders/{elder}/circumstances", `{"circumstances":["living_alone","very_old"],"effective_on":"2022-01-05"}`, "", []string{"CircumstancesRecorded.v1"}},
		{"log-home-visit", "/elders/{elder}/visits", `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen","note":"` + secretNote + `"}`, "visit", []string{"HomeVisitLogged.v1"}},
		{"correct-home-visit", "/elders/{elder}/visits/{visit}/correction", `{"occurred_on":"2022-11-04","mode":"telephone","outcome":"seen","reason":"` + secretNote + `"}`, "", []string{"HomeVisitCorrected.v1"}},
		{"enter-home-visit-in-error", "/elders/{elder}/visits/{visit}/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"HomeVisitEnteredInError.v1"}},
		{"register-institution", "/institutions", `{"area":"532601","name":"<script>alert(1)</script>","kind":"welfare_home","ownership":"public","registered_on":"2020-01-01"}`, "house", []string{"InstitutionRegistered.v1"}},
		{"open-beds", "/institutions/{house}/open-beds", `{"beds":20,"nursing_beds":5,"opened_on":"2020-02-01"}`, "", []string{"BedsOpened.v1"}},
		{"convert-beds", "/institutions/{house}/convert-beds", `{"beds":5,"converted_on":"2020-03-01"}`, "", []string{"BedsConverted.v1"}},
		{"operate-beds", "/institutions/{house}/operate-beds", `{"beds":10,"operated_on":"2020-03-01"}`, "", []string{"BedsPutIntoOperation.v1"}},
		{"close-beds", "/institutions/{house}/close-beds", `{"beds":1,"nursing_beds":0,"operating_beds":0,"closed_on":"2020-04-01"}`, "", []string{"BedsClosed.v1"}},
		{"admit-elder", "/elders/{elder}/stays", `{"institution":"{house}","admitted_on":"2022-06-01","report":false}`, "stay", []string{"BedReserved.v1", "ElderAdmitted.v1"}},
		{"register-institution", "/institutions", `{"area":"532622","name":"二号测试院","kind":"private","ownership":"private","registered_on":"2020-01-01"}`, "other", []string{"InstitutionRegistered.v1"}},
		{"transfer-elder", "/elders/{elder}/stays/{stay}/transfer", `{"institution":"{other}","transferred_on":"2022-07-01","report":true}`, "", []string{"BedReserved.v1", "ElderTransferred.v1", "BedReleased.v1"}},
		{"discharge-elder", "/elders/{elder}/stays/{stay}/discharge", `{"discharged_on":"2022-08-01","reason":"home"}`, "", []string{"ElderDischarged.v1", "BedReleased.v1"}},
		{"apply-for-retrofit", "/retrofits", `{"area":"532601001","household":"0190a000-0000-7000-8000-000000000001","elder":"{elder}","applied_on":"2022-03-01"}`, "retrofit", []string{"RetrofitApplied.v1"}},
		{"approve-retrofit", "/retrofits/{retrofit}/approval", `{"approved_on":"2022-03-05"}`, "", []string{"RetrofitApproved.v1"}},
		{"accept-retrofit", "/retrofits/{retrofit}/acceptance", `{"accepted_on":"2022-04-05"}`, "", []string{"RetrofitAccepted.v1"}},
		{"register-childcare", "/childcare", `{"area":"532601001","name":"'; DROP TABLE childcare; --","ownership":"public","registered_on":"2021-01-01"}`, "nursery", []string{"ChildcareRegistered.v1"}},
		{"file-childcare", "/childcare/{nursery}/filing", `{"filed_on":"2021-02-01","filing_number":"备1"}`, "", []string{"ChildcareFiled.v1"}},
		{"open-places", "/childcare/{nursery}/open-places", `{"places":30,"inclusive_places":10,"opened_on":"2021-03-01"}`, "", []string{"PlacesOpened.v1"}},
		{"close-places", "/childcare/{nursery}/close-places", `{"places":5,"inclusive_places":0,"closed_on":"2021-04-01"}`, "", []string{"PlacesClosed.v1"}},
		{"register-child", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","name":"` + secretName + `","guardian":{"name":"` + secretName + `","phone":"` + secretPhone + `"}}`, "child", []string{"ChildRegistered.v1"}},
		{"enrol-child", "/children/{child}/enrolments", `{"childcare":"{nursery}","class":"toddler","enrolled_on":"2022-03-05","report":false}`, "enrolment", []string{"PlaceReserved.v1", "ChildEnrolled.v1"}},
		{"withdraw-child", "/children/{child}/enrolments/{enrolment}/withdrawal", `{"withdrawn_on":"2022-08-31","reason":"moved"}`, "", []string{"ChildWithdrawn.v1", "PlaceReleased.v1"}},
		{"register-unit", "/units", `{"kind":"staff","area":"532601001","name":"` + secretName + `","registered_on":"2021-01-01"}`, "nurse", []string{"UnitRegistered.v1"}},
		{"record-unit-standing", "/units/{nurse}/standings", `{"standing":"certificate","effective_on":"2019-05-01","until":"2024-04-30"}`, "certificate", []string{"StandingRecorded.v1"}},
		{"end-unit-standing", "/units/{nurse}/standings/{certificate}/end", `{"ended_on":"2022-05-01"}`, "", []string{"StandingEnded.v1"}},
		{"enter-unit-record-in-error", "/units/{nurse}/records/{certificate}/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"RecordEnteredInError.v1", "RecordEnteredInError.v1"}},
		{"close-unit", "/units/{nurse}/closure", `{"closed_on":"2022-06-01"}`, "", []string{"UnitClosed.v1"}},
		{"enter-unit-closure-in-error", "/units/{nurse}/closure/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"UnitClosureEnteredInError.v1"}},
		{"register-unit", "/units", `{"kind":"community","area":"532601001001","name":"东风社区","registered_on":"2020-01-01"}`, "community", []string{"UnitRegistered.v1"}},
		{"log-unit-activity", "/units/{community}/activities", `{"activity":"respect_month","occurred_on":"2022-10-04"}`, "", []string{"ActivityLogged.v1"}},
		{"record-elder-standing", "/elders/{elder}/standings", `{"standing":"poor","effective_on":"2021-05-01"}`, "poor", []string{"StandingRecorded.v1"}},
		{"end-elder-standing", "/elders/{elder}/standings/{poor}/end", `{"ended_on":"2022-05-01"}`, "", []string{"StandingEnded.v1"}},
		{"assess-elder-ability", "/elders/{elder}/assessments", `{"score":65,"effective_on":"2022-03-01"}`, "", []string{"StandingRecorded.v1"}},
		{"log-elder-activity", "/elders/{elder}/activities", `{"activity":"health_check","occurred_on":"2022-03-01"}`, "health", []string{"ActivityLogged.v1"}},
		{"enter-elder-record-in-error", "/elders/{elder}/records/{health}/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"RecordEnteredInError.v1"}},
		{"move-elder", "/elders/{elder}/move", `{"area":"532622101","moved_on":"2022-09-01"}`, "", []string{"ElderMoved.v1"}},
		{"record-elder-death", "/elders/{elder}/death", `{"died_on":"2022-11-01"}`, "", []string{"ElderDied.v1"}},
		{"enter-elder-death-in-error", "/elders/{elder}/death/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"ElderDeathEnteredInError.v1"}},
		{"record-institution-standing", "/institutions/{house}/standings", `{"standing":"medical_contract","effective_on":"2021-05-01"}`, "contract", []string{"StandingRecorded.v1"}},
		{"end-institution-standing", "/institutions/{house}/standings/{contract}/end", `{"ended_on":"2022-05-01"}`, "", []string{"StandingEnded.v1"}},
		{"enter-institution-record-in-error", "/institutions/{house}/records/{contract}/entered-in-error", `{}`, "", []string{"RecordEnteredInError.v1", "RecordEnteredInError.v1"}},
		{"record-childcare-standing", "/childcare/{nursery}/standings", `{"standing":"fire_safety","effective_on":"2020-05-01","until":"2023-04-30"}`, "fire", []string{"StandingRecorded.v1"}},
		{"end-childcare-standing", "/childcare/{nursery}/standings/{fire}/end", `{"ended_on":"2022-05-01"}`, "", []string{"StandingEnded.v1"}},
		{"enter-childcare-record-in-error", "/childcare/{nursery}/records/{fire}/entered-in-error", `{}`, "", []string{"RecordEnteredInError.v1", "RecordEnteredInError.v1"}},
		{"log-newborn-visit", "/children/{child}/newborn-visits", `{"occurred_on":"2021-02-10","days_since_birth":26}`, "", []string{"ActivityLogged.v1"}},
		{"log-child-immunisation", "/children/{child}/immunisations", `{"occurred_on":"2021-02-15","next_due_on":"2021-04-15"}`, "", []string{"ActivityLogged.v1", "StandingRecorded.v1"}},
		{"log-child-check", "/children/{child}/checks", `{"occurred_on":"2021-03-15","next_due_on":"2021-07-15"}`, "check", []string{"ActivityLogged.v1", "StandingRecorded.v1"}},
		{"enter-child-record-in-error", "/children/{child}/records/{check}/entered-in-error", `{"reason":"` + secretNote + `"}`, "", []string{"RecordEnteredInError.v1", "RecordEnteredInError.v1"}},
		{"log-child-activity", "/children/{child}/activities", `{"activity":"guidance","occurred_on":"2022-03-01"}`, "", []string{"ActivityLogged.v1"}},
		{"record-child-standing", "/children/{child}/standings", `{"standing":"managed","effective_on":"2021-08-01","until":"2022-01-31"}`, "managed", []string{"StandingRecorded.v1"}},
		{"end-child-standing", "/children/{child}/standings/{managed}/end", `{"ended_on":"2021-12-01"}`, "", []string{"StandingEnded.v1"}},
		{"erase-elder", "/elders/{elder}/erasure", `{"reason":"period_over","basis":"own_review"}`, "", []string{"PersonErased.v1"}},
		{"erase-child", "/children/{child}/erasure", `{"reason":"consent_withdrawn","basis":"request"}`, "", []string{"PersonErased.v1"}},
		{"register-elder", "/elders", `{"area":"532601001","registered_on":"2022-01-05","sex":"female","born_on":"1948-03-11"}`, "double", []string{"ElderRegistered.v1"}},
		{"merge-elder", "/elders/{double}/merge", `{"survivor":"{elder}"}`, "", []string{"RegistrationMerged.v1"}},
		{"register-child", "/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15"}`, "twin", []string{"ChildRegistered.v1"}},
		{"merge-child", "/children/{twin}/merge", `{"survivor":"{child}"}`, "", []string{"RegistrationMerged.v1"}},
		{"report-figure", "/figures", `{"area":"532600","series":"population_60_plus","period":"2020","value":487000,"unit":"persons","source":"census"}`, "", []string{"FigureReported.v1"}},
		{"correct-figure", "/figures/532600/population_60_plus/2020/correction", `{"value":487001.5,"source":"census","reason":"typing"}`, "", []string{"FigureCorrected.v1"}},
		{"set-target", "/plan/targets", `{"code":"elder-beds","area":"532601","value":3650,"effective_on":"2022-01-01","reason":"allotted"}`, "", []string{"TargetAdopted.v1"}},
		{"withdraw-target", "/plan/targets/withdrawal", `{"code":"elder-beds","area":"532601","effective_on":"2022-06-01"}`, "", []string{"TargetWithdrawn.v1"}},
	}
}

func TestEveryCommandHasARouteAndMakesItsEvents(t *testing.T) {
	d := open(t)
	ids, taken := map[string]string{}, map[string]bool{}
	for _, s := range life() {
		before := d.ledger.count()
		answer := d.tell(fill(s.path, ids), fill(s.body, ids))
		receipt := answer.receipt()
		require.Equal(t, s.events, d.ledger.since(before), s.command)
		require.Equal(t, "accepted", receipt.Status)
		require.Equal(t, `"`+receipt.Revision+`"`, answer.header.Get("ETag"))
		require.Equal(t, "no-store", answer.header.Get("Cache-Control"))
		require.NotEqual(t, uuid.Nil, receipt.ID, s.command)
		if s.makes != "" {
			ids[s.makes] = receipt.ID.String()
		}
		taken[s.command] = true
	}
	for _, c := range catalogue() {
		require.True(t, taken[c.name], "%s was not tried", c.name)
	}
}

func TestTheBatchTakesEveryCommandToo(t *testing.T) {
	d := open(t)
	ids := map[string]string{}
	for i, s := range life() {
		b := batchOfOne(t, i, s, ids)
		results := decoded[BatchResults](d.ask(http.MethodPost, "/api/v1/commands", b)).Results
		require.Len(t, results, 1)
		require.Equal(t, "accepted", results[0].Status, "%s: %+v", s.command, results[0].Problem)
		if s.makes != "" {
			ids[s.makes] = results[0].ID.String()
		}
	}
}

// fill puts ids in for their names.
func fill(text string, ids map[string]string) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, "{"+name+"}", id)
	}
	return text
}

func TestAnElderIsSealedBeforeAnythingIsWritten(t *testing.T) {
	d := open(t)
	d.given("/elders", life()[0].body)
	registered, ok := d.ledger.last().Event.(elder.Registered)
	require.True(t, ok)
	require.Equal(t, "532601001", registered.Area, "trailing zeros are normalised")
	require.Equal(t, "1948-03", registered.BirthMonth.String(), "from the ID number")
	require.Equal(t, uuid.NewSHA1(registered.Elder, []byte("key-subject")), registered.Personal.Subject)
	plain := d.sealer.values[string(registered.Personal.Ciphertext)]
	stream := d.ledger.last().Stream
	require.Equal(t, stream+"#personal", string(plain.Associated))
	require.JSONEq(t, `{"name":"`+secretName+`","id_number":"`+idNumber(1)+`","born_on":"1948-03-11","phone":"`+secretPhone+`","address":"`+secretAddress+`"}`, string(plain.Value))
	require.Equal(t, stream, d.sealer.claims["elder-id-number/"+idNumber(1)])
	require.Equal(t, []string{stream}, d.sealer.names["elder-name/"+secretName])
}

func TestWhoSentItStandsInTheEvent(t *testing.T) {
	d := open(t)
	trace := "4bf92f3577b34da6a3ce929d0e0e4736"
	d.tell("/figures", `{"area":"532600","series":"population","period":"2020","value":1,"unit":"persons","source":"census"}`,
		"Idempotency-Key", "a key with blanks", "Careledger-Device", "phone-7", "Traceparent", "00-"+trace+"-00f067aa0ba902b7-01").receipt()
	m := d.ledger.last().Metadata
	require.Equal(t, "phone-7", m.Device)
	require.Equal(t, "11111111-0000-4000-8000-000000000001", m.Actor)
	require.Equal(t, uuid.MustParse(trace), m.CorrelationID)
	require.Equal(t, uuid.NewSHA1(uuid.MustParse(m.Actor), []byte("a key with blanks")), m.CommandID)
	require.Contains(t, d.logs.String(), uuid.MustParse(trace).String(), "the log line can be found from the event")
}

func TestAReportIsRecordedWithDoubtsAndAQuestionIsRefused(t *testing.T) {
	d := open(t)
	house := d.aHouse().String()
	d.given("/elders/"+d.anElder().String()+"/stays", `{"institution":"`+house+`","admitted_on":"2022-06-01","report":false}`)
	second := "/elders/" + d.anElder().String() + "/stays"
	asked := d.tell(second, `{"institution":"`+house+`","admitted_on":"2022-06-02","report":false}`)
	require.Equal(t, http.StatusConflict, asked.status)
	require.Equal(t, "no-vacant-bed", asked.problem().Code)
	told := d.tell(second, `{"institution":"`+house+`","admitted_on":"2022-06-02","report":true}`).receipt()
	require.Equal(t, []string{"no-vacant-bed"}, told.Doubts)
}

func TestAPersonOnStaffHasNoNameInClear(t *testing.T) {
	d := open(t)
	body := `{"kind":"staff","area":"532601001","name":"` + secretName + `","registered_on":"2021-01-01"}`
	id := d.given("/units", body)
	hired, ok := d.ledger.last().Event.(unit.Registered)
	require.True(t, ok)
	require.Empty(t, hired.Name)
	require.Equal(t, uuid.NewSHA1(id, []byte("key-subject/unit")), hired.Personal.Subject)
	plain := d.sealer.values[string(hired.Personal.Ciphertext)]
	require.Equal(t, d.ledger.last().Stream+"#personal", string(plain.Associated))
	require.JSONEq(t, `{"name":"`+secretName+`"}`, string(plain.Value))
	d.given("/units", `{"kind":"community","area":"532601001001","name":"东风社区","registered_on":"2020-01-01"}`)
	open, ok := d.ledger.last().Event.(unit.Registered)
	require.True(t, ok)
	require.Equal(t, "东风社区", open.Name)
	require.Nil(t, open.Personal)
}

func TestAnAssessmentIsRecordedAsTheLevelThatFollowsFromItsScore(t *testing.T) {
	d := open(t)
	at := "/elders/" + d.anElder().String()
	record := d.given(at+"/assessments", `{"score":65,"effective_on":"2022-03-01"}`)
	recorded, ok := d.ledger.last().Event.(standing.Recorded)
	require.True(t, ok)
	require.Equal(t, "ability_3", recorded.Standing)
	require.Equal(t, record, recorded.Record)
	require.NotContains(t, string(d.ledger.last().Data), "65", "a level is what is known of an elder")
	d.given(at+"/assessments", `{"score":29,"level":"ability_5","effective_on":"2022-09-01"}`)
	before := d.ledger.count()
	for body, code := range map[string]string{
		`{"score":91,"effective_on":"2022-09-01"}`: "ability-score", `{"score":-1,"effective_on":"2022-09-01"}`: "ability-score", `{"score":65.5,"effective_on":"2022-09-01"}`: "number-range",
		`{"score":65,"level":"ability_2","effective_on":"2022-09-01"}`: "ability-contradicts", `{"score":65,"level":"mild","effective_on":"2022-09-01"}`: "unknown-ability-level",
		`{"effective_on":"2022-09-01"}`: "field-missing", `{"score":65}`: "field-missing", `{"score":65,"effective_on":"2022-12-24"}`: "in-the-future",
	} {
		p := d.tell(at+"/assessments", body).problem()
		require.Equal(t, code, p.Code, body)
		require.NotEmpty(t, p.Errors, body)
	}
	require.Equal(t, before, d.ledger.count())
	without := open(t, func(o *Options) { p := *o.Plan; p.AbilityCutOffs = nil; o.Plan = &p })
	require.Equal(t, "no-ability-cut-offs", without.tell("/elders/"+without.anElder().String()+"/assessments", `{"score":65,"effective_on":"2022-03-01"}`).problem().Code)
}

func TestARecordBearsTheClientsIdAndTheAreaOfThatDay(t *testing.T) {
	d := open(t)
	at := "/elders/" + d.anElder().String()
	record := uuid.New()
	body := `{"id":"` + record.String() + `","standing":"ability_3","effective_on":"2022-03-01"}`
	require.Equal(t, record, d.tell(at+"/standings", body).receipt().ID)
	require.Equal(t, "record-exists", d.tell(at+"/standings", body).problem().Code)
	recorded, ok := d.ledger.last().Event.(standing.Recorded)
	require.True(t, ok)
	require.Equal(t, record, recorded.Record)
	require.Equal(t, "532601001", d.ledger.last().Metadata.Area)
	require.Equal(t, "2022-03-01", d.ledger.last().Metadata.OccurredOn.String())
	d.given(at+"/move", `{"area":"532622101","moved_on":"2022-06-01"}`, at+"/activities", `{"activity":"health_check","occurred_on":"2022-07-01"}`)
	require.Equal(t, "532622101", d.ledger.last().Metadata.Area)
	require.Equal(t, "532622101", decoded[ElderDetail](d.ask("GET", "/api/v1"+at, "")).Area)
	require.Nil(t, decoded[ElderDetail](d.ask("GET", "/api/v1"+at, "")).DiedOn)
	d.given(at+"/death", `{"died_on":"2022-11-01"}`)
	require.Equal(t, "2022-11-01", decoded[ElderDetail](d.ask("GET", "/api/v1"+at, "")).DiedOn.String())
}

func TestTheDescriptionSaysWhatACommandTakes(t *testing.T) {
	type operation struct {
		RequestBody *struct {
			Content map[string]struct {
				Schema struct {
					Ref string `json:"$ref"`
				} `json:"schema"`
			} `json:"content"`
		} `json:"requestBody"`
	}
	described := decoded[struct {
		Paths map[string]struct {
			Post *operation `json:"post"`
		} `json:"paths"`
	}](open(t).ask(http.MethodGet, "/openapi.json", ""))
	commands := 0
	for path, item := range described.Paths {
		if item.Post == nil || item.Post.RequestBody == nil { // as to sign out
			continue
		}
		commands++
		require.NotEmpty(t, item.Post.RequestBody.Content["application/json"].Schema.Ref, path)
	}
	require.Greater(t, commands, 50)
}
