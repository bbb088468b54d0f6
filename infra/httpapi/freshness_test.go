package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/projections/freshness"
)

// cannedFreshness answers what it is given.
type cannedFreshness struct {
	areas   []freshness.AreaHeard
	devices []freshness.DeviceHeard
	since   time.Time
	err     error
}

func (c *cannedFreshness) AreasHeard(context.Context, string) ([]freshness.AreaHeard, error) {
	return c.areas, c.err
}

func (c *cannedFreshness) DevicesHeard(_ context.Context, _ string, since time.Time) ([]freshness.DeviceHeard, error) {
	c.since = since
	return c.devices, c.err
}

func heardAgo(d time.Duration) freshness.Heard {
	return freshness.Heard{RecordedAt: now.Add(-d), ReceivedAt: now.Add(-d - time.Second)}
}

func TestFreshnessSaysWhoHasBeenSilent(t *testing.T) {
	d := open(t)
	d.fresh.areas = []freshness.AreaHeard{{Area: "532601001", Heard: heardAgo(2 * time.Hour)}, {Area: "532622101", Heard: heardAgo(time.Minute)}}
	d.fresh.devices = []freshness.DeviceHeard{
		{Device: "phone.2", Area: "532622101", Areas: []string{"532622101"}, Heard: heardAgo(time.Minute)},
		{Device: "phone.1", Area: "532601001", Areas: []string{"532601001", "532622101"}, Heard: heardAgo(2 * time.Hour)},
		{Device: "phone.3", Area: "532622101", Areas: []string{"532622101"}, Heard: heardAgo(time.Minute)},
	}
	ask := func(query string, headers ...string) FreshnessBody {
		t.Helper()
		a := d.ask("GET", "/api/v1/freshness"+query, "", headers...)
		require.Equal(t, http.StatusOK, a.status, a.body)
		return decoded[FreshnessBody](a)
	}
	body := ask("")
	require.Equal(t, now, body.AskedAt)
	require.Equal(t, now.Add(-30*24*time.Hour), d.fresh.since)
	require.InDelta(t, 1.5, body.LagSeconds, 0)
	require.Len(t, body.Items, 9)
	require.Equal(t, "532600", body.Items[0].Area)
	require.InDelta(t, 60, *body.Items[0].SilentSeconds, 0)
	require.Equal(t, 3, body.Items[0].Devices)
	require.Nil(t, body.Items[1].RecordedAt)
	require.Equal(t, "532622", body.Items[8].Area)
	require.Len(t, body.Devices, 3)
	require.Equal(t, "phone.1", body.Devices[0].Device)
	require.InDelta(t, 7200, body.Devices[0].SilentSeconds, 0)

	var names []string
	for page := ask("?limit=1"); ; page = ask("?limit=1&cursor=" + page.Next) {
		names = append(names, page.Devices[0].Device)
		if page.Next == "" {
			break
		}
	}
	require.Equal(t, []string{"phone.1", "phone.2", "phone.3"}, names, "page by page")
	require.Len(t, ask("?area=532601").Devices, 1)
	require.Len(t, ask("?area=532601").Items, 18)
	require.NotNil(t, ask("?area=532623").Devices)
	other := d.ask("GET", "/api/v1/freshness?area=532601&cursor="+ask("?limit=1").Next, "")
	require.Equal(t, "cursor", other.problem().Code)
	require.Equal(t, http.StatusNotFound, d.ask("GET", "/api/v1/freshness?area=999999", "").status)
	require.Equal(t, "/limit", d.ask("GET", "/api/v1/freshness?limit=0", "").problem().Errors[0].Pointer)
}

// What a device is called may say whose it is: it is shown to those who may see the people of the area.
func TestDevicesAreNamedToWhoMaySeePeople(t *testing.T) {
	d := open(t)
	d.fresh.devices = []freshness.DeviceHeard{{Device: "phone-of-li", Area: "532601001", Areas: []string{"532601001"}, Heard: heardAgo(time.Hour)}}
	for _, c := range []struct {
		behaviour, token, query string
		named                   bool
	}{
		{"an administrator", adminToken, "", true},
		{"a caseworker in the own county", caseworkerToken, "?area=532601", true},
		{"a caseworker asking for the prefecture", caseworkerToken, "", false},
		{"an analyst", analystToken, "", false},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			a := d.ask("GET", "/api/v1/freshness"+c.query, "", "Authorization", "Bearer "+c.token)
			require.Equal(t, http.StatusOK, a.status)
			require.Equal(t, c.named, strings.Contains(a.body, "phone-of-li"), a.body)
			require.Equal(t, c.named, decoded[FreshnessBody](a).Devices != nil)
			require.Equal(t, 1, decoded[FreshnessBody](a).Items[0].Devices, "counted for everybody")
		})
	}
	d.fresh.err = errors.New("the warehouse is gone")
	require.Equal(t, http.StatusInternalServerError, d.ask("GET", "/api/v1/freshness", "").status)
}
