package httpapi

import (
	"errors"
	"net/http"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/projections/lineage"
)

const erasure = `{"reason":"consent_withdrawn","basis":"request"}`

func TestAnErasureDestroysTheKeysAndKeepsTheRecords(t *testing.T) {
	d := open(t)
	id := d.given("/elders", life()[0].body)
	at := "/elders/" + id.String()
	visit := `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`
	d.given(at+"/visits", visit)
	key := []string{"Idempotency-Key", "erase"}
	d.sealer.broken = errors.New("disk on fire")
	require.Equal(t, http.StatusInternalServerError, d.tell(at+"/erasure", erasure, key...).status, "nothing is accepted while the key is there")
	require.Equal(t, person.Erased{
		Person: id, Kind: "elder", Subjects: []uuid.UUID{subjectOf(id, "elder")}, Reason: person.ConsentWithdrawn, Basis: person.OnRequest,
	}, d.ledger.last().Event)
	d.sealer.broken = nil
	e := decoded[ElderDetail](d.ask("GET", "/api/v1"+at, ""))
	require.True(t, e.Erased)
	require.Empty(t, e.Name, "whatever the vault still opens")
	require.Empty(t, e.IDNumberMasked)
	require.Len(t, e.Visits, 1)
	require.Equal(t, "duplicate", d.tell(at+"/erasure", erasure, key...).receipt().Status)
	require.True(t, d.sealer.erased[subjectOf(id, "elder")])

	require.Equal(t, "already-erased", d.tell(at+"/erasure", erasure).problem().Code)
	d.given(at+"/visits", visit)
	noted := `{"occurred_on":"2022-11-04","mode":"home","outcome":"seen","note":"` + secretNote + `"}`
	require.Equal(t, "person-erased", d.tell(at+"/visits", noted).problem().Code)
	d.sealer.erased = map[uuid.UUID]bool{} // an old vault was put back
	require.Equal(t, "person-erased", d.tell(at+"/visits", noted).problem().Code)
	require.Empty(t, decoded[EldersBody](d.ask("GET", "/api/v1/elders?q="+secretName, "")).Items, "nobody is found by what was erased")
	require.Empty(t, decoded[EldersBody](d.ask("GET", "/api/v1/elders?q="+idNumber(1), "")).Items)

	row := behind(d, lineage.Numerator, "seen", "532601001")
	row.Subject = id.String()
	d.lineage.rows = []lineage.Row{row}
	records := decoded[RecordsBody](d.ask("GET", "/api/v1/indicators/monthly-visit-rate/records?period=2022-11", "")).Items
	require.True(t, records[0].Erased)
	require.Empty(t, records[0].Name)
	require.NotEmpty(t, records[0].Events, "what was done stays")
}

func TestAChildIsErasedWithItsGuardian(t *testing.T) {
	d := open(t)
	id := d.given("/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15","name":"`+secretName+`","guardian":{"name":"`+secretName+`"}}`)
	d.given("/children/"+id.String()+"/erasure", erasure)
	require.Equal(t, map[uuid.UUID]bool{subjectOf(id, "child"): true, subjectOf(id, "guardian"): true}, d.sealer.erased)
}

func TestOnlyAnAdministratorOfTheAreaErases(t *testing.T) {
	d := open(t)
	here := d.anElder()
	there := d.given("/elders", `{"area":"532622","registered_on":"2022-01-05","sex":"female","born_on":"1950-03-11"}`)
	as := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	before := d.ledger.count()
	for token, who := range map[string]uuid.UUID{caseworkerToken: here, freeCaseworkerToken: here, supervisorToken: here, analystToken: here, countyAdminToken: there} {
		require.Equal(t, "not-allowed", d.tell("/elders/"+who.String()+"/erasure", erasure, as(token)...).problem().Code, token)
	}
	target := `{"elder":"` + here.String() + `"}`
	batch := `{"commands":[` + one("b1", "record-circumstances", target, `{"circumstances":[],"effective_on":"2022-02-01"}`) + "," + one("b2", "erase-elder", target, erasure) + `]}`
	results := decoded[BatchResults](d.ask("POST", "/api/v1/commands", batch, as(freeCaseworkerToken)...)).Results
	require.Equal(t, []string{"accepted", "rejected not-allowed"}, verdicts(results))
	require.Equal(t, before+1, d.ledger.count())
	require.Empty(t, d.sealer.erased)
	d.tell("/elders/"+here.String()+"/erasure", erasure, as(countyAdminToken)...).receipt()
	for _, c := range []struct{ path, body, code string }{
		{"/elders/" + nobody + "/erasure", erasure, "elder-not-found"}, {"/children/" + nobody + "/erasure", erasure, "child-not-found"},
		{"/elders/" + there.String() + "/erasure", `{"reason":"because","basis":"request"}`, "unknown-word"},
		{"/elders/" + there.String() + "/erasure", `{"reason":"unlawful"}`, "field-missing"},
	} {
		require.Equal(t, c.code, d.tell(c.path, c.body).problem().Code)
	}
}
