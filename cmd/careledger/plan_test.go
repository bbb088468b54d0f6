package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// lakeside is an invented plan of another prefecture, with its own areas and indicators.
const (
	lakesidePlan  = "../../domain/plan/testdata/lakeside/plan.json"
	lakesideAreas = "../../domain/plan/testdata/lakeside/areas.csv"
)

func TestAPlanFileIsCheckedByLine(t *testing.T) {
	out, errs, code := careledger(t, nil, "plan", "check", lakesidePlan, "--areas", lakesideAreas)
	require.Zero(t, code, out+errs)
	require.Contains(t, out, "the plan can be used")

	out, errs, code = careledger(t, nil, "plan", "check", "../../domain/plan/plans/wenshan-2022.json")
	require.Zero(t, code, out+errs)
	require.Equal(t, 1, strings.Count(out, "warning"), out)

	content, err := os.ReadFile(lakesidePlan)
	require.NoError(t, err)
	broken := filepath.Join(t.TempDir(), "plan.json")
	text := strings.NewReplacer(`"childcare:demonstration"`, `"childcare:demonstrating"`, `"community#respect_month"`, `"village#respect_month"`, `"library_members"`, `"library_member"`, `"care-places"
   ]`, `"care-place"]`).Replace(string(content))
	text = strings.Replace(text, `"readers"`, `"contact-rate"`, 1)
	require.NoError(t, os.WriteFile(broken, []byte(text), 0o600))
	out, errs, code = careledger(t, nil, "plan", "check", broken, "--areas", lakesideAreas, "-o", "json")
	require.Equal(t, exitDiffers, code, errs)
	var answer struct {
		Problems []problemLine `json:"problems"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &answer))
	lines := strings.Split(text, "\n")
	said := map[string]string{}
	for _, p := range answer.Problems {
		said[p.Code+" "+strings.TrimSpace(lines[p.Line-1])] = p.Detail
		require.NotEmpty(t, p.DetailZh)
	}
	require.Contains(t, said[`unknown-measure "numerator_measure": "childcare:demonstrating",`], "demonstration", "the words that there are: %v", said)
	require.Contains(t, said, `unknown-measure "numerator_measure": "village#respect_month",`)
	require.Contains(t, said, `definition-twice "code": "contact-rate",`)
	require.Contains(t, errs, "things in the plan must be mended")

	out, _, code = careledger(t, nil, "plan", "check", lakesidePlan)
	require.Equal(t, exitDiffers, code, "held against Wenshan's areas")
	require.Contains(t, out, lakesidePlan+":3:2: The plan is for 9900 and the areas are of 532600")

	for _, args := range [][]string{{"plan", "check"}, {"plan", "check", "/nonexistent"}, {"plan", "check", lakesidePlan, "--areas", "/nonexistent"}, {"plan", "cook"}, {"plan", "check", lakesidePlan, "-o", "xml", "--areas", lakesideAreas}} {
		_, errs, code = careledger(t, nil, args...)
		require.Equal(t, exitUsage, code, "%v %s", args, errs)
	}
}

func TestAPlanThatCannotBeUsedIsNotServed(t *testing.T) {
	content, err := os.ReadFile(lakesidePlan)
	require.NoError(t, err)
	broken := filepath.Join(t.TempDir(), "plan.json")
	require.NoError(t, os.WriteFile(broken, []byte(strings.Replace(string(content), `"childcare:demonstration"`, `"childcare:demonstrating"`, 1)), 0o600))
	_, errs, code := careledger(t, nil, "serve", "--data", t.TempDir(), "--listen", freeAddress(t), "--plan", broken, "--areas", lakesideAreas)
	require.Equal(t, exitUsage, code, errs)
	oneLine(t, errs, "childcare:demonstrating")
}

func TestFeasibilityOfAFile(t *testing.T) {
	out, errs, code := careledger(t, nil, "plan", "feasibility", lakesidePlan)
	require.Zero(t, code, out+errs)
	out, errs, code = careledger(t, nil, "plan", "feasibility", "../../domain/plan/plans/wenshan-2022.json")
	require.Equal(t, exitDiffers, code, errs)
	require.Contains(t, out, "needs 21,991 beds; the plan builds 17,850 (28.4 ‰)")
	require.Contains(t, out, "需要21,991张床位")
}

// TestAnotherPrefectureLivesByItsOwnPlan serves the invented plan with its areas, and follows records to its numbers.
func TestAnotherPrefectureLivesByItsOwnPlan(t *testing.T) {
	t.Setenv("CAREL_PLAN", absolute(t, lakesidePlan))
	t.Setenv("CAREL_AREAS", absolute(t, lakesideAreas))
	s := serving(t, t.TempDir(), freeAddress(t))
	send := func(kind, target, body string) string {
		answer := s.ask(http.MethodPost, "/api/v1/commands", fmt.Sprintf(`{"commands":[{"key":%q,"type":%q,"target":%s,"body":%s}]}`, uuid.NewString(), kind, target, body))
		var read struct {
			Results []struct {
				Status string `json:"status"`
				ID     string `json:"id"`
			} `json:"results"`
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &read), answer)
		require.Equal(t, "accepted", read.Results[0].Status, answer)
		return read.Results[0].ID
	}
	post := func(kind, body string) string { return send(kind, "{}", body) }
	target := func(name, id, kind, body string) { send(kind, fmt.Sprintf(`{%q:%q}`, name, id), body) }
	nursery := post("register-childcare", `{"area":"990001001","name":"柳林托育园","ownership":"public","registered_on":"2024-01-10"}`)
	target("childcare", nursery, "open-places", `{"places":60,"inclusive_places":20,"opened_on":"2024-02-01"}`)
	for _, f := range []struct {
		area  string
		value int
	}{{"990000", 2000}, {"990001", 1000}, {"990002", 1000}} {
		post("report-figure", fmt.Sprintf(`{"area":%q,"series":"population_under_3","period":"2024","value":%d,"unit":"persons","source":"invented"}`, f.area, f.value))
	}
	for n := range 3 {
		elder := post("register-elder", fmt.Sprintf(`{"area":"9900010%02d","registered_on":"2024-01-05","sex":"female","born_on":"194%d-03-11"}`, 1+n%2, n))
		target("elder", elder, "record-circumstances", `{"circumstances":["living_alone"],"effective_on":"2024-01-05"}`)
		if n == 0 {
			target("elder", elder, "log-home-visit", `{"occurred_on":"2025-06-03","mode":"home","outcome":"seen"}`)
		}
	}
	cells := func(query string) map[string]shownWords {
		var answer struct {
			Items []shownWords `json:"items"`
		}
		if json.Unmarshal([]byte(s.ask(http.MethodGet, "/api/v1/indicators?"+query, "")), &answer) != nil {
			return nil
		}
		all := map[string]shownWords{}
		for _, c := range answer.Items {
			all[c.Area+" "+c.Code] = c
		}
		return all
	}
	require.Eventually(t, func() bool {
		c := cells("area=990000&period=2025-06")
		return c["990000 care-places"].Value == 60 && c["990000 contact-rate"].Denominator == 3
	}, 60*time.Second, 100*time.Millisecond)

	june := cells("area=990000&period=2025-06")
	require.Equal(t, "1 person above the limit (1 person)", june["990000 not-contacted"].Words.En)
	require.Equal(t, "behind", june["990000 not-contacted"].Status, "less is better")
	require.Equal(t, 1, june["990000 contact-rate"].Definition.Version)
	require.Contains(t, june["990000 contact-rate"].Words.En, "in 2 townships short of the line", "%+v", june["990000 contact-rate"])
	require.Equal(t, 2, cells("area=990000&period=2026-03")["990000 contact-rate"].Definition.Version)
	require.Equal(t, "no_data", cells("area=990000&period=2026-03")["990000 contact-rate"].Status, "nobody reports the people of 80 and more")

	counties := cells("area=990000&period=2025-06&level=county&code=care-places,demonstrations")
	east, west := counties["990001 care-places"].Target.Value, counties["990002 care-places"].Target.Value
	require.Equal(t, []float64{109, 91}, []float64{east, west}, "allotted, the named one above the average")
	require.Equal(t, 2.0, counties["990001 demonstrations"].Target.Value, "named by the plan")

	where := []string{"--server", "http://" + s.addr, "--data", s.dir}
	out, errs, code := careledger(t, nil, append([]string{"plan", "allot", "--code", "care-places", "--factor", "990002:1.2", "--adopt", "--from", "2025-01-01"}, where...)...)
	require.Zero(t, code, errs)
	require.Contains(t, out, "2 targets are in the log")
	_, errs, code = careledger(t, nil, append([]string{"plan", "target", "--code", "care-places", "--area", "990001", "--value", "120", "--from", "2025-07-01"}, where...)...)
	require.Zero(t, code, errs)
	require.Eventually(t, func() bool {
		june, july := cells("area=990000&period=2025-06&level=county&code=care-places"), cells("area=990000&period=2025-07&level=county&code=care-places")
		return june["990001 care-places"].Target.Value == 100 && july["990001 care-places"].Target.Value == 120
	}, 20*time.Second, 50*time.Millisecond)
	out, _, code = careledger(t, nil, append([]string{"plan", "targets"}, where...)...)
	require.Zero(t, code)
	require.Equal(t, 4, len(strings.Split(strings.TrimSpace(out), "\n")), out)
	out, _, code = careledger(t, nil, append([]string{"plan", "feasibility"}, where...)...)
	require.Zero(t, code, out)

	before := revision(t, s, 130)
	require.NoError(t, s.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.cmd.Wait())
	s = serving(t, s.dir, s.addr)
	require.Equal(t, before+1, revision(t, s, 140), "the plan is the same: a start adopts nothing anew")
}

// revision sets a target and answers the revision of the plan's stream.
func revision(t *testing.T, s *server, value int) int {
	t.Helper()
	answer := s.ask(http.MethodPost, "/api/v1/commands", fmt.Sprintf(
		`{"commands":[{"key":%q,"type":"set-target","body":{"code":"care-places","area":"990001","value":%d,"effective_on":"2025-07-01"}}]}`, uuid.NewString(), value))
	var read struct {
		Results []struct {
			Revision int `json:"revision,string"`
		} `json:"results"`
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &read), answer)
	return read.Results[0].Revision
}

type shownWords struct {
	Code        string  `json:"code"`
	Area        string  `json:"area"`
	Value       float64 `json:"value"`
	Denominator float64 `json:"denominator"`
	Status      string  `json:"status"`
	Definition  struct {
		Version int `json:"version"`
	} `json:"definition"`
	Target struct {
		Value float64 `json:"value"`
	} `json:"target"`
	Words struct {
		Zh string `json:"zh"`
		En string `json:"en"`
	} `json:"words"`
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	abs, err := filepath.Abs(path)
	require.NoError(t, err)
	return abs
}
