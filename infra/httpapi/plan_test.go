package httpapi

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/feasibility"
	"github.com/careledger/careledger/projections/indicators"
)

func TestAPlansContradictionsAreToldInBothLanguages(t *testing.T) {
	d := open(t)
	found := decoded[list[Contradiction]](d.ask(http.MethodGet, "/api/v1/plan/feasibility", "", "Authorization", "Bearer "+analystToken)).Items
	require.NotEmpty(t, found)
	require.Equal(t, feasibility.TargetNeedsMore, found[0].Rule)
	require.Contains(t, found[0].Text.En, "needs 21,991 beds; the plan builds 17,850 (28.4 ‰)")
	require.True(t, chinese(found[0].Text.Zh))
}

func TestAContradictionNamesThePassagesItFollowsFrom(t *testing.T) {
	found := decoded[list[Contradiction]](open(t).ask(http.MethodGet, "/api/v1/plan/feasibility", "")).Items
	const solution = "文山州“一老一小”整体解决方案（2022-11-07）"
	for _, c := range found {
		require.NotEmpty(t, c.Sources, c.Text.En)
		require.Equal(t, c.Claim != "", c.Unit != "", c.Text.En)
		if c.Rule == feasibility.TargetNeedsMore && c.Codes[0] == "elder-beds-per-1000" { // the forecast, then both targets
			require.Equal(t, []string{solution + "一（二）", solution + "二（四）指标表 E07", solution + "二（四）指标表 E06"}, c.Sources)
		}
	}
}

func TestTargetsAreAdoptedThroughTheDoor(t *testing.T) {
	d := open(t)
	const bedsOf532601 = `{"code":"elder-beds","area":"532601000000","value":3650,"effective_on":"2022-01-01","reason":"allotted"}`
	r := d.tell("/plan/targets", bedsOf532601).receipt()
	require.Equal(t, "plan-5326-wenshan-2022", r.Stream)
	d.given(
		"/plan/targets", `{"code":"elder-beds","target":"plan-2025","area":"532601","value":3700,"effective_on":"2022-06-01"}`,
		"/plan/targets/withdrawal", `{"code":"monthly-visit-rate","target":"national-2022","area":"532622","effective_on":"2022-06-01"}`,
	)
	require.Equal(t, []string{"TargetAdopted.v1", "TargetRevised.v1", "TargetWithdrawn.v1"}, d.ledger.since(0))

	items := decoded[list[plan.AreaTarget]](d.ask(http.MethodGet, "/api/v1/plan/targets?area=532601", "")).Items
	require.Len(t, items, 2)
	require.Equal(t, plan.Held{Code: "elder-beds", Target: "plan-2025", Of: "532601"}, items[0].Held)
	require.Equal(t, []float64{3650, 3700}, []float64{items[0].Value, items[1].Value})
	require.Equal(t, now, items[0].RecordedAt.UTC())
	require.Len(t, decoded[list[plan.AreaTarget]](d.ask(http.MethodGet, "/api/v1/plan/targets", "")).Items, 3, "of the prefecture: of all below too")
}

func TestATargetThatCannotBeAdoptedIsRefused(t *testing.T) {
	for _, c := range []struct {
		behaviour, path, body, code, pointer string
		status                               int
		token                                string
	}{
		{"an unknown area", "/plan/targets", `{"code":"elder-beds","area":"532999","value":1,"effective_on":"2022-01-01"}`, "unknown-area", "/area", 404, adminToken},
		{"an unknown indicator", "/plan/targets", `{"code":"cats","area":"532601","value":1,"effective_on":"2022-01-01"}`, "indicator-not-found", "/code", 404, adminToken},
		{"an unknown target", "/plan/targets", `{"code":"elder-beds","target":"plan-2099","area":"532601","value":1,"effective_on":"2022-01-01"}`, "target-not-found", "/target", 404, adminToken},
		{"no day", "/plan/targets", `{"code":"elder-beds","area":"532601","value":1}`, "field-missing", "/effective_on", 422, adminToken},
		{"less than nothing", "/plan/targets", `{"code":"elder-beds","area":"532601","value":-1,"effective_on":"2022-01-01"}`, "target-value", "/value", 422, adminToken},
		{"nothing to withdraw", "/plan/targets/withdrawal", `{"code":"elder-beds","area":"532601001","effective_on":"2022-01-01"}`, "target-not-in-force", "", 404, adminToken},
		{"who only records", "/plan/targets", `{"code":"elder-beds","area":"532601","value":1,"effective_on":"2022-01-01"}`, "not-allowed", "", 403, caseworkerToken},
		{"who only reads", "/plan/targets", `{"code":"elder-beds","area":"532601","value":1,"effective_on":"2022-01-01"}`, "not-allowed", "", 403, analystToken},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			d := open(t)
			p := d.tell(c.path, c.body, "Authorization", "Bearer "+c.token).problem()
			require.Equal(t, c.status, p.Status)
			if len(p.Errors) > 0 {
				require.Equal(t, c.code, p.Errors[0].Code)
				require.Equal(t, c.pointer, p.Errors[0].Pointer)
			} else {
				require.Equal(t, c.code, p.Code)
			}
			require.Empty(t, d.ledger.since(0))
		})
	}
}

func TestAnAllotmentIsAskedWithFactors(t *testing.T) {
	d := open(t)
	a := decoded[Allotment](d.ask(http.MethodGet, "/api/v1/plan/allotment?code=elder-beds&factors=532601:1.2,532622000000:1.1", ""))
	require.Equal(t, []indicators.AllottedPart{{Area: "532601", Value: 1.2}, {Area: "532622", Value: 1.1}}, a.Parts)
	require.Contains(t, a.Source, "文山市、砚山县、广南县高于全州平均水平")
	for _, bad := range []string{"532601", "532601:0", "532601:x", "532601:-1", "532601:NaN", "999999:1"} {
		p := d.ask(http.MethodGet, "/api/v1/plan/allotment?code=elder-beds&factors="+bad, "").problem()
		require.Contains(t, []int{404, 422}, p.Status, bad)
		require.Equal(t, "/factors", p.Errors[0].Pointer)
	}
}
