package demo

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

var surnames = []rune("赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许")

// name is plainly invented: a surname, 例 (example) and a number.
func name(n int) string {
	return string(surnames[n%len(surnames)]) + "例" + numeral(n/len(surnames))
}

// idNumber makes a valid number that nobody else of the demonstration has.
func (m *maker) idNumber(county string, born time.Time, female bool) string {
	for serial := 1 + m.random.IntN(400); ; serial++ {
		order := 2 * (serial % 499)
		if !female {
			order++
		}
		first := fmt.Sprintf("%s%s%03d", county, born.Format("20060102"), order)
		weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
		sum := 0
		for i, w := range weights {
			sum += int(first[i]-'0') * w
		}
		number := first + string("10X98765432"[sum%11])
		if number[15:] != "000" && !m.numbers[number] {
			m.numbers[number] = true
			return number
		}
	}
}

// elder is what later phases need of one.
type elder struct {
	id     uuid.UUID
	county int
	town   string
}

// visitRate is the share of each county's elders in difficulty who were seen in November 2022. The one of Guangnan
// follows from the others, so that the prefecture stands at 5,200 of 10,000.
var visitRate = []float64{0.455, 0.66, 0.70, 0.622, 0.505, 0.41, 0, 0.535}

const (
	guangnan    = 6
	lastMonth   = 11 // of the twelve, counted from December 2021
	firstFactor = 0.34
)

// elders makes the 10,000 in difficulty with twelve months of visits.
func (m *maker) elders() ([]elder, []Group) {
	inCounty := split(eldersInNeed, countyShare, nil)
	people := make([]elder, 0, eldersInNeed)
	groups := make([]Group, 0, eldersInNeed)
	for c, county := range m.counties {
		towns := m.areas.Children(county.Code)
		weights := make([]float64, len(towns))
		for i := range weights {
			weights[i] = 0.5 + m.random.Float64()
		}
		for t, n := range split(inCounty[c], weights, nil) {
			for range n {
				e := elder{id: ID("elder", len(people)), county: c, town: towns[t].Code}
				groups = append(groups, m.registration(len(people), e, county.Code))
				people = append(people, e)
			}
		}
	}
	m.visits(people, groups, inCounty)
	return people, groups
}

func (m *maker) registration(n int, e elder, county string) Group {
	born := m.between(day(1932, time.January, 1), day(1958, time.December, 28))
	female := m.random.IntN(100) < 53
	registered := m.between(day(2019, time.January, 5), day(2021, time.October, 30))
	words := []string{[]string{"living_alone", "empty_nest", "left_behind", "disabled", "childless", "severely_disabled", "special_family", "dementia"}[weighted(m.random.Float64())]}
	if born.Year() <= 1941 {
		words = append(words, "very_old")
	}
	sex := "male"
	if female {
		sex = "female"
	}
	body := map[string]any{
		"id": e.id, "area": e.town, "registered_on": text(registered), "sex": sex, "name": name(n), "id_number": m.idNumber(county, born, female),
	}
	if n%3 == 0 {
		body["household"] = ID("household", n)
	}
	key := fmt.Sprintf("elder/%d", n)
	return Group{
		order("register-elder", nil, key, body),
		order("record-circumstances", map[string]string{"elder": e.id.String()}, key+"/circumstances", map[string]any{
			"circumstances": words, "effective_on": text(registered.AddDate(0, 0, m.random.IntN(20))),
		}),
	}
}

// weighted turns a chance into one of eight circumstances, the common ones more often.
func weighted(x float64) int {
	return pick([]float64{30, 25, 18, 12, 6, 4, 2, 3}, x)
}

// seenCounts says how many of each county's elders are seen in a month.
func seenCounts(month int, inCounty []int) []int {
	counts := make([]int, len(inCounty))
	final, rest := make([]float64, len(inCounty)), seenInNovember
	for c, n := range inCounty {
		if c != guangnan {
			final[c] = visitRate[c] * float64(n)
			rest -= int(final[c])
		}
	}
	final[guangnan] = float64(rest)
	for c := range inCounty {
		along := float64(month) / lastMonth
		share := firstFactor + 0.03*float64(c%3) + (1-firstFactor-0.03*float64(c%3))*along
		if month == 5 && c%3 == 1 { // a month in which some fall back
			share -= 0.09
		}
		counts[c] = int(final[c] * share)
	}
	return counts
}

// visits adds each month's visits to the elders' groups.
func (m *maker) visits(people []elder, groups []Group, inCounty []int) {
	for month := 0; month <= lastMonth; month++ {
		first := day(2021, time.December, 1).AddDate(0, month, 0)
		days := first.AddDate(0, 1, -1).Day()
		seen := m.chooseSeen(people, seenCounts(month, inCounty))
		recorded := map[string]bool{}
		for n, e := range people {
			v := visiting{group: &groups[n], elder: e.id, key: fmt.Sprintf("elder/%d/visit/%d", n, month), on: first.AddDate(0, 0, m.random.IntN(days))}
			dice := m.random.Float64()
			switch {
			case seen[n] && dice < 0.002: // logged as absent at first, then corrected
				v.log("", "home", "absent")
				v.correct("home", "seen")
			case seen[n]:
				v.log("", mode(dice), "seen")
				if dice > 0.985 { // seen twice: counts once
					v.on = first.AddDate(0, 0, days-1)
					v.log("/again", "telephone", "seen")
				}
			case dice < 0.012:
				v.log("", "home", []string{"absent", "refused"}[n%2])
			case dice < 0.0125: // logged for the wrong person, then taken back
				v.log("", "home", "seen")
				v.takeBack()
			case !recorded[e.town]: // every township reports every month
				v.log("", "telephone", "absent")
			default:
				continue
			}
			recorded[e.town] = true
		}
	}
}

// chooseSeen picks who is seen: each county's number.
func (m *maker) chooseSeen(people []elder, counts []int) []bool {
	seen := make([]bool, len(people))
	order := m.random.Perm(len(people))
	for _, n := range order {
		if c := people[n].county; counts[c] > 0 {
			seen[n] = true
			counts[c]--
		}
	}
	return seen
}

func mode(dice float64) string {
	switch {
	case dice < 0.62:
		return "home"
	case dice < 0.9:
		return "telephone"
	}
	return "video"
}

// visiting adds one elder's visits of a month.
type visiting struct {
	group *Group
	elder uuid.UUID
	key   string
	on    time.Time
}

func (v visiting) id(again string) uuid.UUID {
	return uuid.NewSHA1(v.elder, []byte(v.key+again))
}

func (v visiting) log(again, mode, outcome string) {
	*v.group = append(*v.group, order("log-home-visit", map[string]string{"elder": v.elder.String()}, v.key+again, map[string]any{
		"id": v.id(again), "occurred_on": text(v.on), "mode": mode, "outcome": outcome,
	}))
}

func (v visiting) target() map[string]string {
	return map[string]string{"elder": v.elder.String(), "visit": v.id("").String()}
}

func (v visiting) correct(mode, outcome string) {
	*v.group = append(*v.group, order("correct-home-visit", v.target(), v.key+"/correction", map[string]any{
		"occurred_on": text(v.on), "mode": mode, "outcome": outcome, "reason": "演示：补记结果",
	}))
}

func (v visiting) takeBack() {
	*v.group = append(*v.group, order("enter-home-visit-in-error", v.target(), v.key+"/error", map[string]any{"reason": "演示：登错人"}))
}
