package demo

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/area"
)

// Command is one item of the API's batch.
type Command struct {
	Key    string            `json:"key"`
	Type   string            `json:"type"`
	Target map[string]string `json:"target,omitempty"`
	Body   json.RawMessage   `json:"body"`
}

// Group is the commands of one stream, in order.
type Group []Command

// Phase is groups that may be sent in any order, once every phase before is taken.
type Phase []Group

// The state of 2022, as the plan tells it.
const (
	institutionCount = 81
	beds             = 10_324
	nursingBeds      = 3_401
	operatingBeds    = 5_205
	residents        = 1_376
	childcareCount   = 68
	places           = 3_473
	enrolled         = 2_056
	eldersInNeed     = 10_000
	seenInNovember   = 5_200
	population       = 3_503_000
	population60     = 487_600
	populationUnder3 = 214_100
	population65     = 450_400
)

// maker holds what the parts of the demonstration share.
type maker struct {
	areas    *area.Table
	counties []area.Area
	random   *rand.Rand
	numbers  map[string]bool // ID numbers in use
}

// Phases makes the whole demonstration for the areas of Wenshan.
func Phases(areas *area.Table) ([]Phase, error) {
	m := &maker{areas: areas, counties: areas.Children(areas.Root().Code), random: rand.New(rand.NewPCG(2022, 11)), numbers: map[string]bool{}}
	if len(m.counties) != len(countyShare) {
		return nil, fmt.Errorf("the demonstration is made for the %d counties of Wenshan", len(countyShare))
	}
	houses, institutions := m.institutions()
	nurseries, childcare := m.childcare()
	people, elders := m.elders()
	childGroups, enrolments, withdrawals := m.children(nurseries)
	stays, moves := m.stays(houses, people)
	first := slices.Concat(Phase(institutions), Phase(childcare), Phase(m.figures()), Phase(m.units()))
	second := slices.Concat(Phase(elders), Phase(childGroups), Phase(m.babies()))
	third := slices.Concat(Phase(stays), Phase(poorAtHome(people)), Phase(enrolments))
	return []Phase{first, second, third, slices.Concat(Phase(moves), Phase(withdrawals))}, nil
}

// ID is the id of the n-th thing of a kind.
func ID(kind string, n int) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, fmt.Appendf(nil, "https://careledger.dev/demo/%s/%d", kind, n))
}

func order(kind string, target map[string]string, key string, body map[string]any) Command {
	raw, err := json.Marshal(body)
	if err != nil { // texts, numbers and flags always marshal
		raw = []byte("{}")
	}
	return Command{Key: "demo/" + key, Type: kind, Target: target, Body: raw}
}

// split shares total out by weights, whole numbers, none above its cap (nil: no caps), by largest remainders.
func split(total int, weights []float64, caps []int) []int {
	shares := make([]int, len(weights))
	left := total
	for left > 0 {
		open := 0.0
		for i, w := range weights {
			if caps == nil || shares[i] < caps[i] {
				open += w
			}
		}
		given := 0
		for i, w := range weights {
			room := left
			if caps != nil {
				room = caps[i] - shares[i]
			}
			n := min(int(w/open*float64(left)), room, left-given)
			shares[i] += n
			given += n
		}
		if left -= given; given > 0 {
			continue
		}
		for i := range weights { // what rounding left over, one each
			if left > 0 && (caps == nil || shares[i] < caps[i]) {
				shares[i]++
				left--
			}
		}
	}
	return shares
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func text(t time.Time) string { return t.Format("2006-01-02") }

// between is a day from first to last.
func (m *maker) between(first, last time.Time) time.Time {
	return first.AddDate(0, 0, m.random.IntN(int(last.Sub(first).Hours()/24)+1))
}
