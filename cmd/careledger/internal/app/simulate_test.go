package app_test

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/cmd/careledger/internal/client"
	"github.com/careledger/careledger/cmd/careledger/internal/demo"
	"github.com/careledger/careledger/cmd/careledger/internal/simulate"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
)

// simulated is the first months of a hundredth of the prefecture.
func simulated(t *testing.T) *simulate.World {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	figures, err := simulate.Wenshan()
	require.NoError(t, err)
	of, err := plan.Wenshan()
	require.NoError(t, err)
	w, err := simulate.New(simulate.Options{
		Seed: 1, Scale: 0.01, From: figures.Opening, To: calendar.MonthOf(2021, time.March), Figures: figures, Areas: areas, Series: of.Series,
	})
	require.NoError(t, err)
	return w
}

// simulate sends a simulation and answers how many of its commands were new.
func (r *running) simulate(w *simulate.World, dir string) int {
	r.t.Helper()
	c, err := client.New(r.url, "", dir)
	require.NoError(r.t, err)
	accepted := 0
	for houses, others := range simulate.Batches(w.Records(), time.Now(), 5000) {
		for _, batch := range [][]demo.Command{houses, others} {
			if len(batch) == 0 {
				continue
			}
			var answer struct {
				Results []struct {
					Key, Status string
					Problem     *client.Problem
				}
			}
			require.NoError(r.t, c.Post(r.t.Context(), "/api/v1/commands", map[string]any{"commands": batch}, &answer))
			require.Len(r.t, answer.Results, len(batch))
			for i, result := range answer.Results {
				require.Contains(r.t, []string{"accepted", "duplicate"}, result.Status, "%s: %v", batch[i].Type, result.Problem)
				if result.Status == "accepted" {
					accepted++
				}
			}
		}
	}
	return accepted
}

func TestASimulatedPrefectureIsCountedAsItWasLived(t *testing.T) {
	dir := t.TempDir()
	r := start(t, options(t, dir))
	defer r.stop()
	w := simulated(t)
	require.Greater(t, r.simulate(w, dir), 15_000)
	lines := w.Table()
	require.Eventually(t, r.followed, 4*time.Minute, 500*time.Millisecond, "the facts have followed the log")
	require.Empty(t, r.unlike(lines))
	require.Zero(t, r.simulate(w, dir), "twice changes nothing")
	require.Eventually(t, r.followed, time.Minute, 500*time.Millisecond)
	require.Empty(t, r.unlike(lines))
}

// followed reports whether the facts have followed the log, so that the numbers of this instant can be asked for: the cells
// of all the months follow later.
func (r *running) followed() bool {
	_, v := r.send(http.MethodGet, december(), "", nil)
	head, _ := strconv.Atoi(fmt.Sprint(v["head"]))
	frontier, _ := strconv.Atoi(fmt.Sprint(v["frontier"]))
	return head > 15_000 && frontier >= head
}

// december asks for the end of 2020 as it is known now.
func december() string {
	return "/api/v1/indicators?area=532600&period=2020-12&known_at=" + time.Now().UTC().Format(time.RFC3339Nano)
}

// unlike lists the indicators of the end of 2020 that are not what was simulated.
func (r *running) unlike(lines []simulate.Line) []string {
	of, err := plan.Wenshan()
	require.NoError(r.t, err)
	status, v := r.send(http.MethodGet, december(), "", nil)
	if status != http.StatusOK {
		return []string{"unavailable"}
	}
	got := map[string]any{}
	for _, item := range v["items"].([]any) {
		c := item.(map[string]any)
		if c["definition"].(map[string]any)["variant"] == plan.Official {
			got[c["code"].(string)] = c["value"]
		}
	}
	var wrong []string
	compared := 0
	for _, l := range lines {
		i := slices.IndexFunc(of.Definitions, func(d plan.Definition) bool {
			return d.Number == l.Number && d.Number != "" && d.Numerator == l.Numerator && d.Denominator == l.Denominator
		})
		if i < 0 || l.At != calendar.MonthOf(2020, time.December) {
			continue
		}
		compared++
		value, known := got[of.Definitions[i].Code].(float64)
		if known != l.Known && l.Simulated != 0 || math.Abs(value-l.Simulated) > 1e-9 {
			wrong = append(wrong, fmt.Sprintf("%s is %v, not %v", of.Definitions[i].Code, got[of.Definitions[i].Code], l.Simulated))
		}
	}
	require.Greater(r.t, compared, 25)
	return wrong
}
