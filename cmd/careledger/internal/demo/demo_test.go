package demo_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/idnumber"
)

func phases(t *testing.T) []demo.Phase {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	all, err := demo.Phases(areas)
	require.NoError(t, err)
	return all
}

func TestTheDemonstrationIsTheSameEveryTime(t *testing.T) {
	one, err := json.Marshal(phases(t))
	require.NoError(t, err)
	other, err := json.Marshal(phases(t))
	require.NoError(t, err)
	require.Equal(t, string(one), string(other))
}

func TestItsCommandsAddUpToThePlan(t *testing.T) {
	keys, numbers := map[string]bool{}, map[string]bool{}
	kinds := map[string]int{}
	beds, nursing, operating, places, stays, enrolments := 0, 0, 0, 0, 0, 0
	seen := map[string]bool{}
	wrong := map[string]bool{}
	for _, p := range phases(t) {
		for _, g := range p {
			for _, c := range g {
				require.False(t, keys[c.Key], "the key %s stands twice", c.Key)
				keys[c.Key] = true
				kinds[c.Type]++
				var b struct {
					Beds, NursingBeds, OperatingBeds, Places int
					IDNumber                                 string `json:"id_number"`
					OccurredOn                               string `json:"occurred_on"`
					Outcome                                  string
				}
				var raw map[string]any
				require.NoError(t, json.Unmarshal(c.Body, &raw))
				require.NoError(t, json.Unmarshal(c.Body, &b))
				n, _ := raw["nursing_beds"].(float64)
				o, _ := raw["operating_beds"].(float64)
				switch c.Type {
				case "open-beds":
					beds, nursing = beds+b.Beds, nursing+int(n)
				case "close-beds":
					beds, nursing, operating = beds-b.Beds, nursing-int(n), operating-int(o)
				case "convert-beds":
					nursing += b.Beds
				case "operate-beds":
					operating += b.Beds
				case "open-places":
					places += b.Places
				case "admit-elder":
					stays++
				case "discharge-elder":
					stays--
				case "enrol-child":
					enrolments++
				case "withdraw-child":
					enrolments--
				case "register-elder":
					_, err := idnumber.Parse(b.IDNumber)
					require.NoError(t, err)
					require.False(t, numbers[b.IDNumber], "an ID number stands twice")
					numbers[b.IDNumber] = true
				case "log-home-visit", "correct-home-visit":
					if b.Outcome == "seen" && b.OccurredOn[:7] == "2022-11" {
						seen[c.Target["elder"]] = true
					}
				case "enter-home-visit-in-error":
					wrong[c.Target["elder"]] = true
				}
			}
		}
	}
	require.Equal(t, []int{10324, 3401, 5205, 3473, 1376, 2056}, []int{beds, nursing, operating, places, stays, enrolments})
	require.Equal(t, []int{81, 68, 68, 10_000, 91},
		[]int{kinds["register-institution"], kinds["register-childcare"], kinds["file-childcare"], kinds["register-elder"], kinds["report-figure"]})
	require.Equal(t, []int{250 + 40 + 159 + 20 + 293 + 340, 2 * 250, 530}, []int{kinds["register-unit"], kinds["log-unit-activity"], kinds["log-newborn-visit"]})
	require.Positive(t, kinds["transfer-elder"])
	require.Positive(t, kinds["correct-home-visit"])
	require.NotEmpty(t, wrong)
	require.InDelta(t, 5200, len(seen), 10, "5,200 people and the few visits that were taken back")
}
