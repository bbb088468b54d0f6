package httpapi

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoMistypesIsToldWhereToLookAndWhatMayBeMeant(t *testing.T) {
	d := open(t)
	for query, c := range map[string]struct{ en, zh string }{
		"code=monthly-visits-rate": {"/api/v1/indicator-definitions list them. Did you mean monthly-visit-rate?", "是否指 monthly-visit-rate？"},
		"code=monthly-visit":       {"Did you mean monthly-visit-rate?", "是否指 monthly-visit-rate？"},
		"code=monthly-visits":      {"Did you mean monthly-visit-rate?", "是否指 monthly-visit-rate？"},
		"code=cats":                {"list them.", "列出全部。"},
		"area=532631":              {"no area with the code 532631. `careledger areas` and /api/v1/areas list them.", "没有行政区划代码532631。careledger areas 和 /api/v1/areas 列出全部。"},
		"area=文山市":                 {"Did you mean 532601 (Wenshan City)?", "是否指 532601（文山市）？"},
		"area=wenshan+city":        {"Did you mean 532601 (Wenshan City)?", "是否指 532601（文山市）？"},
		"area=5326010011":          {"Did you mean 532601001 (", "是否指 532601001（"},
	} {
		p := d.ask("GET", "/api/v1/indicators?period=2022-11&"+query, "").problem()
		require.Contains(t, p.Detail, c.en, query)
		require.Contains(t, p.DetailZh, c.zh, query)
	}
	for _, nothing := range []string{"cats", "532699"} {
		require.Empty(t, near(nothing, []string{"elder-beds", "532601", "532622", "532623"}))
	}
	require.Equal(t, "elder-beds", near("elder-bed", []string{"elder-beds", "elder-beds-per-1000", "vacant-beds"}))
}
