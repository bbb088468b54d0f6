package projector

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/event"
)

// reach says which cells an event may touch that was not understood: the areas whose codes stand in it or in its metadata
// (none: all areas), from the earliest day on that stands there (0: from ever), but not before first, the first month that
// has cells. It goes by what every event does: the fold depends on the event alone, so an event names each place and day
// that it counts for. Of a type that is not known, months and longer periods are taken for days as well.
func reach(r event.Recorded, areas *area.Table, first calendar.Month) (touched []string, since calendar.Month) {
	home, known := cellArea(areas, r.Metadata.Area)
	var data any
	if !known || len(r.Data) > 0 && json.Unmarshal(r.Data, &data) != nil {
		return []string{}, 0
	}
	found := map[string]struct{}{home: {}}
	earliest := r.Metadata.OccurredOn
	texts(data, func(text string) {
		if code, known := cellArea(areas, text); known {
			found[code] = struct{}{}
		}
		if day, ok := dayIn(text, r.Event == nil); ok && (earliest == 0 || day < earliest) {
			earliest = day
		}
	})
	if c, ok := r.Event.(child.Registered); ok { // a birth counts in its month
		earliest = min(earliest, c.BirthMonth.First())
	}
	if earliest != 0 {
		since = max(earliest.Month(), first)
	}
	return slices.Sorted(maps.Keys(found)), since
}

// cellArea is the area with cells of its own that a code stands for: of a community, its township.
func cellArea(areas *area.Table, code string) (string, bool) {
	if n := len(code); n != 6 && n != 9 && n != 12 {
		return "", false
	}
	normal, err := areas.Normalise(code)
	if err != nil {
		return "", false
	}
	if township, ok := areas.Township(normal); ok {
		return township.Code, true
	}
	return normal, true
}

func dayIn(text string, periods bool) (calendar.Day, bool) {
	if day, err := calendar.ParseDay(text); err == nil {
		return day, true
	}
	if p, err := calendar.ParsePeriod(text); periods && err == nil {
		return p.First, true
	}
	return 0, false
}

// texts calls each with every text in a JSON value, names of members included.
func texts(value any, each func(string)) {
	switch v := value.(type) {
	case string:
		each(v)
	case []any:
		for _, one := range v {
			texts(one, each)
		}
	case map[string]any:
		for name, one := range v {
			each(name)
			texts(one, each)
		}
	}
}
