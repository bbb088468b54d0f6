package httpapi

import (
	"net/http"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/person"
)

func TestADuplicateIsMergedIntoTheRegistrationThatStays(t *testing.T) {
	d := open(t)
	stays, double, third := d.anElder(), d.anElder(), d.anElder()
	child := d.given("/children", `{"area":"532601001","registered_on":"2022-03-01","sex":"male","born_on":"2021-01-15"}`)
	merge := func(of, into uuid.UUID) answered {
		return d.tell("/elders/"+of.String()+"/merge", `{"survivor":"`+into.String()+`"}`)
	}
	stay := d.given("/elders/"+double.String()+"/stays", `{"institution":"`+d.aHouse().String()+`","admitted_on":"2022-06-01"}`)
	refused := func(code string, status int, of, into uuid.UUID) Problem {
		t.Helper()
		before := d.ledger.count()
		answer := merge(of, into)
		require.Equal(t, code, answer.problem().Code)
		require.Equal(t, status, answer.status)
		require.Equal(t, before, d.ledger.count())
		return answer.problem()
	}
	refused("registration-in-use", http.StatusConflict, double, stays)
	d.given("/elders/"+double.String()+"/stays/"+stay.String()+"/discharge", `{"discharged_on":"2022-08-01","reason":"home"}`)
	refused("merge-into-itself", http.StatusUnprocessableEntity, double, double)
	refused("survivor-not-found", http.StatusNotFound, double, child)
	require.Contains(t, refused("survivor-not-found", http.StatusNotFound, double, uuid.MustParse(nobody)).DetailZh, nobody, "it is named")
	require.Equal(t, "elder-not-found", merge(uuid.MustParse(nobody), stays).problem().Code)

	key := []string{"Idempotency-Key", "merge"}
	body := `{"survivor":"` + stays.String() + `"}`
	at := "/elders/" + double.String()
	require.Equal(t, double, d.tell(at+"/merge", body, key...).receipt().ID)
	require.Equal(t, person.Merged{Person: double, Kind: "elder", Survivor: stays, Area: "532600"}, d.ledger.last().Event)
	require.Equal(t, stays, *decoded[ElderDetail](d.ask("GET", "/api/v1"+at, "")).MergedInto)
	require.Contains(t, d.ask("GET", "/api/v1/elders/"+stays.String(), "").body, `"merged_into":null`)
	p := d.tell(at+"/visits", `{"occurred_on":"2022-11-03","mode":"home","outcome":"seen"}`).problem()
	require.Equal(t, "registration-merged", p.Code)
	require.Contains(t, p.Detail, stays.String())
	require.Contains(t, p.DetailZh, stays.String())
	require.Contains(t, refused("survivor-merged", http.StatusConflict, third, double).Detail, stays.String())
	refused("registration-merged", http.StatusConflict, double, third)
	merge(stays, third).receipt()
	require.Equal(t, "duplicate", d.tell(at+"/merge", body, key...).receipt().Status, "whatever became of the other one since")
	d.given(at+"/erasure", erasure)
}

func TestOfTwoMergesIntoEachOtherOneIsRefused(t *testing.T) {
	d := open(t)
	for range 20 {
		a, b := d.anElder(), d.anElder()
		var wait sync.WaitGroup
		answers := make([]answered, 2)
		for i, pair := range [][2]uuid.UUID{{a, b}, {b, a}} {
			wait.Go(func() {
				answers[i] = d.ask(http.MethodPost, "/api/v1/elders/"+pair[0].String()+"/merge", `{"survivor":"`+pair[1].String()+`"}`, "Idempotency-Key", pair[0].String())
			})
		}
		wait.Wait()
		require.ElementsMatch(t, []int{http.StatusCreated, http.StatusConflict}, []int{answers[0].status, answers[1].status})
	}
}

func TestOnlyAnAdministratorOfTheAreaMerges(t *testing.T) {
	d := open(t)
	here, there := d.anElder(), d.given("/elders", `{"area":"532622","registered_on":"2022-01-05","sex":"female","born_on":"1950-03-11"}`)
	merge := func(token string, of, into uuid.UUID) answered {
		return d.tell("/elders/"+of.String()+"/merge", `{"survivor":"`+into.String()+`"}`, "Authorization", "Bearer "+token)
	}
	for token, of := range map[string]uuid.UUID{caseworkerToken: here, freeCaseworkerToken: here, supervisorToken: here, countyAdminToken: there} {
		require.Equal(t, "not-allowed", merge(token, of, here).problem().Code)
	}
	merge(countyAdminToken, here, there).receipt()
}
