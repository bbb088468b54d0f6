package area_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
)

func TestWenshanHas8CountiesAnd104Townships(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	var codes []string
	var townships []int
	for _, county := range table.Children("532600") {
		codes = append(codes, county.Code)
		townships = append(townships, len(table.Children(county.Code)))
	}
	require.Equal(t, []string{"532601", "532622", "532623", "532624", "532625", "532626", "532627", "532628"}, codes)
	require.Equal(t, []int{17, 11, 9, 11, 13, 12, 18, 13}, townships)
	require.Len(t, table.All(), 1+8+104)
	require.Len(t, table.Within("532600"), 113)
}

func TestACodeIsNormalised(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	for _, c := range []struct{ behaviour, code, want string }{
		{"a county stays", "532601", "532601"},
		{"a township of 9 digits stays", "532601001", "532601001"},
		{"a township of 12 digits loses its zeros", "532601001000", "532601001"},
		{"a county of 12 digits loses its zeros", "532601000000", "532601"},
		{"a county of 9 digits loses its zeros", "532601000", "532601"},
		{"the prefecture of 12 digits loses its zeros", "532600000000", "532600"},
		{"a community of a known township stays", "532601001005", "532601001005"},
		{"the old code of Wenshan city is no area of today", "532621", ""},
		{"an unknown township is refused", "532601999", ""},
		{"a community of an unknown township is refused", "532601999001", ""},
		{"letters are refused", "53260100100x", ""},
		{"nothing is refused", "", ""},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			got, err := table.Normalise(c.code)
			if c.want == "" {
				require.ErrorIs(t, err, area.ErrUnknown)
				return
			}
			require.NoError(t, err)
			require.Equal(t, c.want, got)
		})
	}
}

func TestAncestorsAreByParent(t *testing.T) {
	table, err := area.Load(strings.NewReader("code,name,level,parent,valid_from,valid_to\n" +
		"990000,Elsewhere,prefecture,,,\n880001,Oddly coded county,county,990000,,\n770001001,Oddly coded town,township,880001,,\n"))
	require.NoError(t, err)
	var above []string
	for _, a := range table.Ancestors("770001001") {
		above = append(above, a.Code)
	}
	require.Equal(t, []string{"880001", "990000"}, above)
}

func TestABadTableIsRefusedWithItsLine(t *testing.T) {
	const head = "code,name,level,parent,valid_from,valid_to\n990000,Elsewhere,prefecture,,,\n"
	for _, c := range []struct{ behaviour, table, says string }{
		{"an unknown parent", head + "990001,County,county,980000,,\n", "line 3"},
		{"a code that stands twice", head + "990000,Elsewhere,prefecture,,,\n", "line 3"},
		{"a township straight below the prefecture", head + "990001001,Town,township,990000,,\n", "line 3"},
		{"a bad day", head + "990001,County,county,990000,2021/1/1,\n", "line 3"},
		{"two prefectures", head + "980000,Other,prefecture,,,\n", "one prefecture"},
		{"an empty file", "", "one prefecture"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, err := area.Load(strings.NewReader(c.table))
			require.ErrorContains(t, err, c.says)
		})
	}
}
