package facts

import (
	"time"

	"github.com/google/uuid"
)

// Row is one row of one table. Its columns are named by the ch tags; days are midnights in UTC.
type Row interface {
	Table() string
	LedgerNumber() uint64
}

// Key is what every row begins with: the prefecture (four digits) and the ledger number of the event that made it.
type Key struct {
	Prefecture string `ch:"prefecture"`
	Number     uint64 `ch:"number"`
}

// LedgerNumber implements Row.
func (k Key) LedgerNumber() uint64 { return k.Number }

// Event is the envelope of every event of the ledger.
type Event struct {
	Key
	EventID    uuid.UUID `ch:"event_id"`
	Stream     string    `ch:"stream"`
	Revision   uint64    `ch:"revision"`
	Type       string    `ch:"type"`
	RecordedAt time.Time `ch:"recorded_at"`
	ReceivedAt time.Time `ch:"received_at"`
	OccurredOn time.Time `ch:"occurred_on"`
	Actor      string    `ch:"actor"`
	Device     string    `ch:"device"`
	Area       string    `ch:"area"`
}

// Visit is a contact with an elder. It holds no area: the register says where the elder counts.
type Visit struct {
	Key
	Elder      uuid.UUID `ch:"elder"`
	Visit      uuid.UUID `ch:"visit"`
	OccurredOn time.Time `ch:"occurred_on"`
	Mode       string    `ch:"mode"`
	Outcome    string    `ch:"outcome"`
}

// Kinds of amendments.
const (
	Corrected = "corrected" // a visit was another one
	Voided    = "voided"    // a visit never was
	Withdrawn = "withdrawn" // a record of a standing or an activity was wrong
)

// Amendment says that from its number on, earlier rows of a fact count no more.
type Amendment struct {
	Key
	Fact  uuid.UUID `ch:"fact"`
	Kind  string    `ch:"kind"`
	WasOn time.Time `ch:"was_on"` // the day of the row that held until now
	Of    uuid.UUID `ch:"-"`      // whose visit it was
}

// ElderState is what is known of an elder from a day on. Aspect is area (where the elder is registered) or circumstances.
type ElderState struct {
	Key
	Elder         uuid.UUID `ch:"elder"`
	Aspect        string    `ch:"aspect"`
	EffectiveOn   time.Time `ch:"effective_on"`
	Area          string    `ch:"area"`
	Sex           string    `ch:"sex"`
	BirthMonth    int32     `ch:"birth_month"`
	Circumstances []string  `ch:"circumstances"`
}

// BedChange adds to (or takes from) an institution's beds from a day on.
type BedChange struct {
	Key
	Area        string    `ch:"area"`
	Institution uuid.UUID `ch:"institution"`
	EffectiveOn time.Time `ch:"effective_on"`
	Beds        int64     `ch:"beds"`
	Nursing     int64     `ch:"nursing"`
	Operating   int64     `ch:"operating"`
}

// StayChange adds a resident to an institution (+1) or takes one away (-1) from a day on.
type StayChange struct {
	Key
	Area        string    `ch:"area"`
	Institution uuid.UUID `ch:"institution"`
	Stay        uuid.UUID `ch:"stay"`
	Elder       uuid.UUID `ch:"elder"`
	EffectiveOn time.Time `ch:"effective_on"`
	Change      int8      `ch:"change"`
}

// Retrofit is an accepted home retrofit of a household.
type Retrofit struct {
	Key
	Area       string    `ch:"area"`
	Household  uuid.UUID `ch:"household"`
	Retrofit   uuid.UUID `ch:"retrofit"`
	AcceptedOn time.Time `ch:"accepted_on"`
}

// PlaceChange adds to (or takes from) a childcare institution's places from a day on.
type PlaceChange struct {
	Key
	Area        string    `ch:"area"`
	Childcare   uuid.UUID `ch:"childcare"`
	EffectiveOn time.Time `ch:"effective_on"`
	Places      int64     `ch:"places"`
	Inclusive   int64     `ch:"inclusive"`
}

// Filing is a childcare institution put on file.
type Filing struct {
	Key
	Area      string    `ch:"area"`
	Childcare uuid.UUID `ch:"childcare"`
	FiledOn   time.Time `ch:"filed_on"`
}

// EnrolmentChange adds a child to a childcare institution (+1) or takes one away (-1) from a day on. Area is the
// institution's. BirthMonth counts months from year 0 (calendar.Month).
type EnrolmentChange struct {
	Key
	Area        string    `ch:"area"`
	Childcare   uuid.UUID `ch:"childcare"`
	Enrolment   uuid.UUID `ch:"enrolment"`
	Child       uuid.UUID `ch:"child"`
	BirthMonth  int32     `ch:"birth_month"`
	EffectiveOn time.Time `ch:"effective_on"`
	Change      int8      `ch:"change"`
}

// Standing is what holds of a subject (1) or holds no more (0) from a day on, to Until (Forever: without an end). On a day
// the newest row of a subject and standing counts, by EffectiveOn and then by number, unless its record was withdrawn.
// Record is the id of the record that it comes from, or of the event where it follows from something else. Area is the
// subject's; the row "registered" says where the subject counts.
type Standing struct {
	Key
	Subject     uuid.UUID `ch:"subject"`
	Kind        string    `ch:"kind"`
	Standing    string    `ch:"standing"`
	Area        string    `ch:"area"`
	EffectiveOn time.Time `ch:"effective_on"`
	Until       time.Time `ch:"until"`
	Holds       uint8     `ch:"holds"`
	Record      uuid.UUID `ch:"record"`
}

// Activity is something that happened with a subject, unless its record was withdrawn.
type Activity struct {
	Key
	Subject    uuid.UUID `ch:"subject"`
	Kind       string    `ch:"kind"`
	Activity   string    `ch:"activity"`
	Area       string    `ch:"area"`
	OccurredOn time.Time `ch:"occurred_on"`
	Record     uuid.UUID `ch:"record"`
}

// Forever is the last day that a column can hold, and the last one of a standing without an end.
func Forever() time.Time { return time.Date(2299, 12, 31, 0, 0, 0, 0, time.UTC) }

// Figure is a number that an office reported; the highest number of an area, series and period is the one in force.
type Figure struct {
	Key
	Area      string    `ch:"area"`
	Series    string    `ch:"series"`
	Period    string    `ch:"period"`
	PeriodEnd time.Time `ch:"period_end"`
	Value     float64   `ch:"value"`
	Unit      string    `ch:"unit"`
}

// Alert is one state of an alert; the highest number is the one in force.
type Alert struct {
	Key
	Alert    uuid.UUID `ch:"alert"`
	State    string    `ch:"state"` // open or resolved
	At       time.Time `ch:"at"`
	Rule     string    `ch:"rule"`
	Code     string    `ch:"code"`
	Variant  string    `ch:"variant"`
	Area     string    `ch:"area"`
	Period   string    `ch:"period"`
	Unit     string    `ch:"unit"`
	Reason   string    `ch:"reason"`
	Value    *float64  `ch:"value"`
	Expected *float64  `ch:"expected"`
}

func (Event) Table() string           { return "events" }
func (Visit) Table() string           { return "visits" }
func (Amendment) Table() string       { return "amendments" }
func (ElderState) Table() string      { return "elder_states" }
func (BedChange) Table() string       { return "bed_changes" }
func (StayChange) Table() string      { return "stay_changes" }
func (Retrofit) Table() string        { return "retrofits" }
func (PlaceChange) Table() string     { return "place_changes" }
func (Filing) Table() string          { return "filings" }
func (EnrolmentChange) Table() string { return "enrolment_changes" }
func (Figure) Table() string          { return "figures" }
func (Standing) Table() string        { return "standings" }
func (Activity) Table() string        { return "activities" }
func (Alert) Table() string           { return "alerts" }
