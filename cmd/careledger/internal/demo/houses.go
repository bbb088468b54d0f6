package demo

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// house is an institution or a childcare institution, with the beds or places that may be taken.
type house struct {
	id   uuid.UUID
	area string
	room int
	held int
	from time.Time // when its places are open
}

// countyShare is how large each county is beside the others, in the order of the area table.
var countyShare = []float64{17, 13, 7, 8, 10.5, 13.5, 21, 10}

// townshipOf spreads n things over the townships, larger counties first served.
func (m *maker) townshipOf(n int) string {
	county := m.counties[pick(countyShare, float64(n)*0.6180339887)]
	towns := m.areas.Children(county.Code)
	return towns[(n*7)%len(towns)].Code
}

func pick(weights []float64, at float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at = (at - float64(int(at))) * sum
	for i, w := range weights {
		if at < w {
			return i
		}
		at -= w
	}
	return len(weights) - 1
}

// institutions makes the 81 with their beds: 10,144 by the end of 2020 and 180 more since.
func (m *maker) institutions() ([]*house, []Group) {
	weights := make([]float64, institutionCount)
	for i := range weights {
		weights[i] = 0.5 + m.random.Float64()
		if i < 13 { // the urban ones are larger
			weights[i] *= 2
		}
	}
	total := split(beds, weights, nil)
	nursing := split(nursingBeds, noisy(m.random, total), total)
	operating := split(operatingBeds, noisy(m.random, total), total)
	taken := split(residents, noisy(m.random, operating), operating)
	houses, groups := make([]*house, institutionCount), make([]Group, institutionCount)
	for i := range groups {
		id := ID("institution", i)
		kind, ownership, name := institutionWords(i)
		houses[i] = &house{id: id, area: m.townshipOf(i), room: operating[i], held: taken[i]}
		registered := day(2015, time.March, 1).AddDate(0, 0, 9*i)
		at, key := map[string]string{"institution": id.String()}, fmt.Sprintf("institution/%d", i)
		later, closed, converted := 0, 0, nursing[i]/4
		if i < 6 {
			later = 30
		}
		if i%20 == 7 {
			closed = 10
		}
		g := Group{
			order("register-institution", nil, key, map[string]any{"id": id, "area": houses[i].area, "name": name, "kind": kind, "ownership": ownership, "registered_on": text(registered)}),
			order("open-beds", at, key+"/open", map[string]any{"beds": total[i] - later + closed, "nursing_beds": nursing[i] - converted, "opened_on": text(registered.AddDate(0, 1, 0))}),
		}
		if converted > 0 {
			g = append(g, order("convert-beds", at, key+"/convert", map[string]any{"beds": converted, "converted_on": text(day(2019, time.May, 1).AddDate(0, 0, i))}))
		}
		if closed > 0 {
			g = append(g, order("close-beds", at, key+"/close", map[string]any{"beds": closed, "nursing_beds": 0, "operating_beds": 0, "closed_on": text(day(2020, time.June, 1).AddDate(0, 0, i))}))
		}
		if later > 0 {
			g = append(g, order("open-beds", at, key+"/open-more", map[string]any{"beds": later, "nursing_beds": 0, "opened_on": text(day(2021+i%2, time.April, 1).AddDate(0, 0, i))}))
		}
		groups[i] = append(g, order("operate-beds", at, key+"/operate", map[string]any{"beds": operating[i], "operated_on": text(day(2019, time.September, 1).AddDate(0, 0, i))}))
	}
	return houses, groups
}

func institutionWords(i int) (kind, ownership, name string) {
	switch {
	case i < 2:
		return "apartment", "public", fmt.Sprintf("示例老年公寓%s", numeral(i+1))
	case i < 11:
		return "welfare_home", "public", fmt.Sprintf("示例福利院%s", numeral(i-1))
	case i < 13:
		return "private", "private", fmt.Sprintf("示例民办养老院%s", numeral(i-10))
	}
	return "rural_home", "public", fmt.Sprintf("示例敬老院%s", numeral(i-12))
}

// childcare makes the 68, all on file, with their places.
func (m *maker) childcare() ([]*house, []Group) {
	weights := make([]float64, childcareCount)
	for i := range weights {
		weights[i] = 0.6 + m.random.Float64()
	}
	total := split(places, weights, nil)
	taken := split(enrolled, noisy(m.random, total), total)
	houses, groups := make([]*house, childcareCount), make([]Group, childcareCount)
	for i := range groups {
		id := ID("childcare", i)
		ownership := "private"
		if i < 4 {
			ownership = "public"
		}
		registered := day(2021, time.February, 1).AddDate(0, 0, 5*i)
		houses[i] = &house{id: id, area: m.townshipOf(i + 3), room: total[i], held: taken[i], from: registered.AddDate(0, 0, 20)}
		at, key := map[string]string{"childcare": id.String()}, fmt.Sprintf("childcare/%d", i)
		groups[i] = append(Group{
			order("register-childcare", nil, key, map[string]any{"id": id, "area": houses[i].area, "name": "示例托育园" + numeral(i+1), "ownership": ownership, "registered_on": text(registered)}),
			order("open-places", at, key+"/open", map[string]any{"places": total[i], "inclusive_places": total[i] / 5, "opened_on": text(registered.AddDate(0, 0, 20))}),
			order("file-childcare", at, key+"/file", map[string]any{"filed_on": text(registered.AddDate(0, 3, 0)), "filing_number": fmt.Sprintf("示例备案%04d", i+1)}),
		}, safety(i, id, registered)...)
	}
	return houses, groups
}

// reported is a figure of the prefecture, of a year and in a unit, that its counties share out.
type reported struct {
	series, period, unit, source string
	total                        int
	like                         int // the counties' shares: as of everybody (0), the old (1) or the young (2); 3: as they are
}

const (
	census   = "2020年第七次全国人口普查（规划正文引用或据其推算）"
	invented = "演示数据：按规划2020年基础值虚构"
)

// figures makes the populations of the census of 2020 and what is reported by the year; the counties' numbers are invented
// and sum to the prefecture's.
func (m *maker) figures() []Group {
	var groups []Group
	report := func(f reported, code string, value float64, source string) {
		groups = append(groups, Group{order("report-figure", nil, "figure/"+f.series+"/"+code, map[string]any{
			"area": code, "series": f.series, "period": f.period, "value": value, "unit": f.unit, "source": source,
		})})
	}
	for _, f := range []reported{
		{"population", "2020", "persons", census, population, 0},
		{"population_60_plus", "2020", "persons", census, population60, 1},
		{"population_under_3", "2020", "persons", census, populationUnder3, 2},
		{"population_65_plus", "2020", "persons", "由规划预测推算：47.53万减2.49万", population65, 1},
		{"eligible_pension", "2021", "persons", invented, 2_262_000, 3},
		{"insured_pension", "2021", "persons", invented, 2_246_200, 3},
		{"insured_medical", "2021", "persons", invented, 3_401_400, 0},
		{"lottery_fund", "2021", "fen", invented, 2_140_000_000, 3},
		{"lottery_elder", "2021", "fen", invented, 1_241_200_000, 3},
		{"care_major_intake", "SY2021", "persons", invented, 318, 3},
	} {
		weights := make([]float64, len(countyShare))
		for i, w := range countyShare {
			weights[i] = w
			if f.like < 3 {
				weights[i] = w * (1 + 0.04*float64((i*3+f.like)%5-2))
			}
		}
		report(f, m.areas.Root().Code, float64(f.total), f.source)
		for i, n := range split(f.total, weights, nil) {
			report(f, m.counties[i].Code, float64(n), "演示数据：按全州数分摊，非真实县级数")
		}
	}
	report(reported{series: "life_expectancy", period: "2021", unit: "years"}, m.areas.Root().Code, 74.9, invented)
	return groups
}

func noisy(r *rand.Rand, sizes []int) []float64 {
	weights := make([]float64, len(sizes))
	for i, n := range sizes {
		weights[i] = float64(n) * (0.6 + 0.8*r.Float64())
	}
	return weights
}

// numeral writes a number in Chinese digits.
func numeral(n int) string {
	digits := []rune("〇一二三四五六七八九")
	out := ""
	for _, d := range fmt.Sprint(n) {
		out += string(digits[d-'0'])
	}
	return out
}
