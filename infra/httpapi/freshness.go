package httpapi

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/projections/freshness"
)

type freshnessInput struct {
	Area   string `query:"area" doc:"6, 9 or 12 digits; the prefecture when absent" example:"532601"`
	Limit  string `query:"limit" doc:"Devices on a page, 1 to 200; 50 when absent" example:"50"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

// FreshnessBody is how long nothing was recorded. What the product itself appends (closed days, plans, alerts, projections)
// is no record.
type FreshnessBody struct {
	AskedAt    time.Time                 `json:"asked_at"`
	LagSeconds float64                   `json:"lag_seconds" doc:"How far the numbers are behind the log; what came since then is not heard of yet"`
	Items      []freshness.AreaSilence   `json:"items" doc:"The area, then those one level below it, the longest silent first"`
	Devices    []freshness.DeviceSilence `json:"devices" doc:"Devices that recorded in the area in the last 30 days, the longest silent first; null for who may not see the area's people"`
	Next       string                    `json:"next" doc:"Cursor of the next page of devices; empty on the last"`
}

func (s *server) freshness(ctx context.Context, who access.Principal, in *freshnessInput) (*answer[FreshnessBody], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(in.Limit)
	if err != nil {
		return nil, err
	}
	scope := "freshness/" + code
	after, err := s.readCursor(in.Cursor, scope)
	if err != nil {
		return nil, err
	}
	now := s.Now().UTC()
	areas, err := s.Freshness.AreasHeard(ctx, s.Plan.Prefecture)
	if err != nil {
		return nil, err
	}
	devices, err := s.Freshness.DevicesHeard(ctx, s.Plan.Prefecture, now.Add(-freshness.Window))
	if err != nil {
		return nil, err
	}
	body := FreshnessBody{AskedAt: now, LagSeconds: s.Status(ctx).of(s.Plan.Prefecture).LagSeconds, Items: freshness.Areas(s.Areas, code, areas, devices, now)}
	// What a device is called may say whose it is.
	if access.Allows(who, access.ReadPeople, s.path(code)) {
		all := freshness.Devices(s.Areas, code, devices, now)
		var more bool
		if body.Devices, more = devicesPage(all, after, limit); more {
			body.Next = s.cursor(placeOf(body.Devices[limit-1]), scope)
		}
	}
	return &answer[FreshnessBody]{body}, nil
}

// devicesPage answers at most limit devices behind a place, and whether there are more.
func devicesPage(all []freshness.DeviceSilence, after string, limit int) (page []freshness.DeviceSilence, more bool) {
	at, name := placed(after)
	start := slices.IndexFunc(all, func(d freshness.DeviceSilence) bool {
		return after == "" || cmp.Or(cmp.Compare(d.RecordedAt.UnixMicro(), at), cmp.Compare(d.Device, name)) > 0
	})
	if start < 0 {
		return []freshness.DeviceSilence{}, false
	}
	end := min(start+limit, len(all))
	return all[start:end], end < len(all)
}

// placeOf is where a device stands in the order of silence: it stays there unless it records again.
func placeOf(d freshness.DeviceSilence) string {
	return strconv.FormatInt(d.RecordedAt.UnixMicro(), 10) + "/" + hex.EncodeToString([]byte(d.Device))
}

// placed reads what placeOf wrote, under our own signature.
func placed(place string) (micros int64, device string) {
	at, name, _ := strings.Cut(place, "/")
	micros, _ = strconv.ParseInt(at, 10, 64)
	text, _ := hex.DecodeString(name)
	return micros, string(text)
}
