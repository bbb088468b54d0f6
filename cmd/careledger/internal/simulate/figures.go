package simulate

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/careledger/careledger/domain/calendar"
)

//go:embed wenshan.json
var wenshan []byte

// Figures are the numbers of a prefecture, as a file gives them.
type Figures struct {
	Name       string            `json:"name"`
	Prefecture string            `json:"prefecture"`
	Opening    calendar.Month    `json:"opening"` // the first month that is lived; what is older is brought in then
	Counties   map[string]county `json:"counties"`
	Ages       []ageBand         `json:"ages"`
	Deaths     struct {
		At60    float64 `json:"at_60"` // of whom are 60, who die within a year
		Doubles float64 `json:"doubles_in_years"`
	} `json:"deaths"`
	// Difficulty is which share of an age holds a circumstance, in rising order of both.
	Difficulty []struct {
		Age   float64 `json:"age"`
		Share float64 `json:"share"`
	} `json:"difficulty"`
	SpringFestivals []calendar.Day `json:"spring_festivals"`
	// Seasons move the visit rate in a month of the year ("05"), or in that of the Spring Festival.
	Seasons map[string]float64 `json:"seasons"`
	// Flows are how many a year, at scale 1.
	Flows map[string]map[string]float64 `json:"flows"`
	// Counts and Shares say what stands at the end of a month; between them it goes straight, before and after it stays.
	// Counts are those of scale 1.
	Counts           map[string]curve  `json:"counts"`
	Shares           map[string]curve  `json:"shares"`
	Reported         []series          `json:"reported"`
	InstitutionKinds []institutionKind `json:"institution_kinds"`
	NewInstitutions  institutionKind   `json:"new_institutions"`
	PublicChildcare  int               `json:"public_childcare"`
	Said             []Saying          `json:"said"`
}

// county is how many people it has beside the others, and how far its visit rate stands from the prefecture's.
type county struct {
	People float64 `json:"people"`
	Visits float64 `json:"visits"`
}

type ageBand struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	Share float64 `json:"share"`
}

// series is a figure that an office reports for each year; between the years that are given it goes straight.
type series struct {
	Series     string             `json:"series"`
	Unit       string             `json:"unit"`
	Years      map[string]float64 `json:"years"`
	Decimals   int                `json:"decimals"`
	Counties   bool               `json:"counties"` // each county reports its share
	Fixed      bool               `json:"fixed"`    // does not grow with the scale
	SchoolYear bool               `json:"school_year"`
	Source     string             `json:"source"`
}

type institutionKind struct {
	Kind      string  `json:"kind"`
	Ownership string  `json:"ownership"`
	Name      string  `json:"name"`
	Count     int     `json:"count"`
	Size      float64 `json:"size"`
}

// Wenshan reads the embedded figures.
func Wenshan() (*Figures, error) { return Read(wenshan) }

// Read reads figures and checks that nothing is missing. Unknown members are errors.
func Read(text []byte) (*Figures, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	f := &Figures{}
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("read the figures: %w", err)
	}
	return f, f.check()
}

// The names that a file of figures has to give.
var (
	flowNames  = []string{"turning_60", "births"}
	countNames = []string{
		"elders", "institutions", "beds", "beds_nursing", "beds_operating", "residents", "poor_disabled", "poor_disabled_staying", "poor_willing",
		"retrofits", "childcare", "filed", "places", "places_inclusive", "enrolled", "demonstration_childcare", "communities", "estates",
		"elder_schools", "hospitals_general", "hospitals_tcm", "integrated_care", "social_workers", "elder_carers", "childcare_workers",
	}
	shareNames = []string{
		"visits", "health_checks", "home_service", "day_care", "community_childcare", "elder_friendly", "school_townships", "geriatrics",
		"medical_contracts", "fire_safety", "newborn_visits", "immunised_lowest", "managed", "guidance",
	}
)

func (f *Figures) check() error {
	for _, name := range flowNames {
		if len(f.Flows[name]) == 0 {
			return fmt.Errorf("figures: flows need %q", name)
		}
	}
	for _, need := range []struct {
		what  string
		names []string
		have  map[string]curve
	}{{"counts", countNames, f.Counts}, {"shares", shareNames, f.Shares}} {
		for _, name := range need.names {
			if len(need.have[name]) == 0 {
				return fmt.Errorf("figures: %s need %q", need.what, name)
			}
		}
	}
	if len(f.Ages) == 0 || len(f.Difficulty) < 2 || f.Deaths.At60 <= 0 || f.Deaths.Doubles <= 0 || len(f.InstitutionKinds) == 0 {
		return fmt.Errorf("figures: ages, deaths, two ages of difficulty and institution_kinds are needed")
	}
	return nil
}

// horizon is the last month that any count or share speaks of.
func (f *Figures) horizon() calendar.Month {
	last := f.Opening
	for _, curves := range []map[string]curve{f.Counts, f.Shares} {
		for _, c := range curves {
			for m := range c {
				last = max(last, m)
			}
		}
	}
	return last
}

// curve is values at the ends of months.
type curve map[calendar.Month]float64

// UnmarshalJSON reads {"2020-12": 52, …}.
func (c *curve) UnmarshalJSON(b []byte) error {
	var text map[string]float64
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	*c = curve{}
	for name, value := range text {
		m, err := calendar.ParseMonth(name)
		if err != nil {
			return err
		}
		(*c)[m] = value
	}
	return nil
}

// at is the value of a month.
func (c curve) at(m calendar.Month) float64 {
	months := slices.Sorted(maps.Keys(c))
	i, found := slices.BinarySearch(months, m)
	switch {
	case found:
		return c[m]
	case i == 0:
		return c[months[0]]
	case i == len(months):
		return c[months[i-1]]
	}
	before, after := months[i-1], months[i]
	return c[before] + (c[after]-c[before])*float64(m-before)/float64(after-before)
}

// ofYear is a value of a year from values of some years.
func ofYear(years map[string]float64, year int) float64 {
	c := curve{}
	for text, value := range years {
		c[calendar.Month(yearOf(text))] = value
	}
	return c.at(calendar.Month(year))
}

// yearOf reads a year; 0 where it is none.
func yearOf(text string) int {
	year, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return year
}
