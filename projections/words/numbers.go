package words

import (
	"math"
	"strconv"
	"strings"
)

// Text is a sentence in both languages.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Number writes a number with thousands apart and at most this many decimals, without trailing zeros: 17,850 or 26.4.
func Number(v float64, decimals int) string {
	text := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction = strings.TrimRight(fraction, "0"); fraction != "" {
		whole += "." + fraction
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		whole = "−" + whole
	}
	return whole
}

// Exactly writes a number with the digits that it has.
func Exactly(v float64) string { return Number(v, max(0, decimalsOf(v))) }

func decimalsOf(v float64) int {
	_, fraction, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	return min(len(fraction), 6)
}

// Share writes a computed ratio with three digits or so: 28.4 or 0.96.
func Share(v float64) string {
	if math.Abs(v) >= 10 {
		return Number(v, 1)
	}
	return Number(v, 2)
}

// mostPlaces is how many decimals are written at most.
const mostPlaces = 6

// Places answers with how many decimals a value and what is expected of it are written, wherever they stand beside each
// other: the value with those of its definition, what is expected with one at least, and both with as many as tell them apart.
func Places(decimals int, value, expected *float64) (ofValue, ofExpected int) {
	ofValue, ofExpected = decimals, max(1, decimals)
	if value == nil || expected == nil {
		return ofValue, ofExpected
	}
	for n := ofExpected + 1; n <= mostPlaces && Number(*value, ofValue) == Number(*expected, ofExpected) && *value != *expected; n++ {
		ofValue, ofExpected = n, n
	}
	return ofValue, ofExpected
}

// unit is how a unit stands behind a number; one of 1, in English.
type unit struct{ zh, en, one string }

var unitWords = map[string]unit{
	"persons": {"人", " people", " person"}, "households": {"户", " households", " household"}, "beds": {"张床位", " beds", " bed"},
	"places": {"个托位", " places", " place"}, "units": {"个", " units", " unit"}, "communities": {"个社区", " communities", " community"},
	"townships": {"个乡镇（街道）", " townships", " township"}, "institutions": {"个机构", " institutions", " institution"},
	"hospitals": {"家医院", " hospitals", " hospital"}, "visits": {"次探访", " visits", " visit"}, "times": {"次", " times", " time"},
	"years": {"岁", " years", " year"}, "days": {"天", " days", " day"}, "yuan": {"元", " yuan", " yuan"}, "fen": {"分", " fen", " fen"},
	"10k-yuan": {"万元", "0,000 yuan", "0,000 yuan"}, "m2": {"平方米", " m²", " m²"}, "%": {"%", " %", " %"}, "‰": {"‰", " ‰", " ‰"},
}

// With writes an amount, already written as text, with its unit.
func With(amount, of string) Text {
	u, known := unitWords[of]
	if !known {
		u = unit{" " + of, " " + of, " " + of}
	}
	if amount == "1" {
		return Text{amount + u.zh, amount + u.one}
	}
	return Text{amount + u.zh, amount + u.en}
}
