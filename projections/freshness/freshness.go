package freshness

import (
	"cmp"
	"slices"
	"time"

	"github.com/careledger/careledger/domain/area"
)

// Window is how far back a device must have recorded to be counted and listed.
const Window = 30 * 24 * time.Hour

// Heard is when something was last heard of: when the newest record was made durable, and when its command had come in.
type Heard struct {
	RecordedAt time.Time
	ReceivedAt time.Time
}

// AreaHeard is the newest record of an area's own, without those below it. Area is a code of any level.
type AreaHeard struct {
	Heard
	Area string
}

// DeviceHeard is the newest record of a device, where that was, and all areas in which it recorded within the window.
type DeviceHeard struct {
	Heard
	Device string
	Area   string
	Areas  []string
}

// AreaSilence is how long nothing was recorded in an area and all below it.
type AreaSilence struct {
	Area          string     `json:"area" example:"532601"`
	RecordedAt    *time.Time `json:"recorded_at" doc:"When the newest record was made durable; null: there is none"`
	ReceivedAt    *time.Time `json:"received_at" doc:"When the newest record's command came in"`
	SilentSeconds *float64   `json:"silent_seconds" doc:"Since the newest record; null: there is none"`
	Devices       int        `json:"devices" doc:"Devices that recorded here in the last 30 days"`
}

// DeviceSilence is how long a device has recorded nothing.
type DeviceSilence struct {
	Device        string    `json:"device" doc:"As the client calls it in Careledger-Device"`
	Area          string    `json:"area" doc:"Where its newest record belongs"`
	RecordedAt    time.Time `json:"recorded_at"`
	ReceivedAt    time.Time `json:"received_at"`
	SilentSeconds float64   `json:"silent_seconds"`
}

// Areas answers an area first and then those one level below it, the longest silent first: before all others those of
// which nothing was ever heard.
func Areas(table *area.Table, of string, heard []AreaHeard, devices []DeviceHeard, now time.Time) []AreaSilence {
	newest, working := map[string]Heard{}, map[string]int{}
	for _, h := range heard {
		for _, code := range path(table, h.Area) {
			if h.RecordedAt.After(newest[code].RecordedAt) {
				newest[code] = h.Heard
			}
		}
	}
	for _, d := range devices {
		for code := range places(table, d) {
			working[code]++
		}
	}
	standing := func(code string) AreaSilence {
		a := AreaSilence{Area: code, Devices: working[code]}
		if h, ever := newest[code]; ever {
			silent := silence(h, now)
			a.RecordedAt, a.ReceivedAt, a.SilentSeconds = &h.RecordedAt, &h.ReceivedAt, &silent
		}
		return a
	}
	var below []AreaSilence
	for _, a := range table.Children(of) {
		below = append(below, standing(a.Code))
	}
	slices.SortStableFunc(below, func(a, b AreaSilence) int { return compare(a.RecordedAt, b.RecordedAt) })
	return append([]AreaSilence{standing(of)}, below...)
}

// compare puts nothing before an instant, and an earlier instant before a later.
func compare(a, b *time.Time) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return a.Compare(*b)
}

// Devices answers the devices that recorded in an area or below it, the longest silent first.
func Devices(table *area.Table, of string, heard []DeviceHeard, now time.Time) []DeviceSilence {
	all := []DeviceSilence{}
	for _, d := range heard {
		if _, here := places(table, d)[of]; here {
			all = append(all, DeviceSilence{Device: d.Device, Area: d.Area, RecordedAt: d.RecordedAt, ReceivedAt: d.ReceivedAt, SilentSeconds: silence(d.Heard, now)})
		}
	}
	slices.SortFunc(all, func(a, b DeviceSilence) int {
		return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.Device, b.Device))
	})
	return all
}

// silence in seconds. Clocks of servers differ a little: it is never below zero.
func silence(h Heard, now time.Time) float64 { return max(0, now.Sub(h.RecordedAt).Seconds()) }

// path is an area and all above it.
func path(table *area.Table, code string) []string {
	codes := []string{code}
	for _, a := range table.Ancestors(code) {
		codes = append(codes, a.Code)
	}
	return codes
}

// places are the areas in which a device recorded, and all above them.
func places(table *area.Table, d DeviceHeard) map[string]struct{} {
	all := map[string]struct{}{}
	for _, a := range d.Areas {
		for _, code := range path(table, a) {
			all[code] = struct{}{}
		}
	}
	return all
}
