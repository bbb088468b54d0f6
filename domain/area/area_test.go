package area_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/fault"
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

func TestATableMayGiveEnglishNames(t *testing.T) {
	table, err := area.Load(strings.NewReader("code,name,level,parent,valid_from,valid_to,name_en\n990000,别处,prefecture,,,,Elsewhere\n990001,某县,county,990000,,,\n"))
	require.NoError(t, err)
	require.Equal(t, "Elsewhere", table.Root().NameEn)
	plain, err := area.Load(strings.NewReader("code,name,level,parent,valid_from,valid_to\n990000,别处,prefecture,,,\n"))
	require.NoError(t, err)
	require.Empty(t, plain.Root().NameEn)
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

func TestARefusalNamesACodeAndNothingElse(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	for _, c := range []struct {
		behaviour, code string
		named           bool
	}{
		{"the old code of Wenshan city", "532621", true},
		{"an unknown township", "532601999", true},
		{"a community of an unknown township", "532601999001", true},
		{"an ID number in the wrong field", "11010519491231002X", false},
		{"a telephone number in the wrong field", "13800000000", false},
		{"a name in the wrong field", "张三丰张三", false},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, err := table.Normalise(c.code)
			f, ok := fault.Of(err)
			require.True(t, ok)
			require.Equal(t, fault.NotFound, f.Kind)
			require.Equal(t, "unknown-area", f.Code)
			require.Equal(t, c.named, strings.Contains(f.English, c.code) && strings.Contains(f.Chinese, c.code))
			require.Equal(t, c.named, strings.Contains(err.Error(), c.code))
		})
	}
}

func TestWhereACodeLies(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	for _, c := range []struct {
		code, parent, county, township string
		level                          area.Level
		ancestors                      []string
	}{
		{"532600", "", "", "", area.Prefecture, nil},
		{"532628", "532600", "532628", "", area.County, []string{"532600"}},
		{"532601001", "532601", "532601", "532601001", area.Township, []string{"532601", "532600"}},
		{"532601001005", "532601001", "532601", "532601001", area.Community, []string{"532601001", "532601", "532600"}},
		{"532601999", "", "", "", "", nil},
		{"532601999001", "", "", "", "", nil},
		{"", "", "", "", "", nil},
	} {
		t.Run(c.code, func(t *testing.T) {
			code := func(a area.Area, ok bool) string {
				require.Equal(t, ok, a.Code != "")
				return a.Code
			}
			require.Equal(t, c.parent, code(table.Parent(c.code)))
			require.Equal(t, c.county, code(table.County(c.code)))
			require.Equal(t, c.township, code(table.Township(c.code)))
			level, ok := table.Level(c.code)
			require.Equal(t, c.level, level)
			require.Equal(t, c.level != "", ok)
			var above []string
			for _, a := range table.Ancestors(c.code) {
				above = append(above, a.Code)
			}
			require.Equal(t, c.ancestors, above)
		})
	}
}

// elsewhere is a prefecture whose codes share no prefix, as a spreadsheet would save it.
const elsewhere = "\ufeff# Nowhere, 2030\r\ncode,name,level,parent,valid_from,valid_to\r\n" +
	"990000,Elsewhere,prefecture,,2030-01-01,\r\n880001,Oddly coded county,county,990000,2030-01-01,\r\n" +
	"880002,County that ended,county,990000,2030-01-01,2031-12-31\r\n770001001,Oddly coded town,township,880001,2030-01-01,\r\n"

func TestAnotherPrefectureBringsItsOwnTable(t *testing.T) {
	table, err := area.Load(strings.NewReader(elsewhere))
	require.NoError(t, err)
	require.Equal(t, elsewhere, table.Text())
	require.Equal(t, "990000", table.Root().Code)
	var all []string
	for _, a := range table.All() {
		all = append(all, a.Code)
	}
	require.Equal(t, []string{"990000", "880001", "880002", "770001001"}, all)

	town, err := table.Normalise("770001001000")
	require.NoError(t, err)
	county, ok := table.County(town)
	require.True(t, ok)
	require.Equal(t, "880001", county.Code, "by parent, not by the code's first digits")
	ended, ok := table.Find("880002")
	require.True(t, ok)
	require.Equal(t, calendar.Date(2031, 12, 31), ended.ValidTo)
	_, err = table.Normalise("532601")
	require.ErrorIs(t, err, area.ErrUnknown)
}

func TestATableCannotBeChangedByItsReaders(t *testing.T) {
	table, err := area.Wenshan()
	require.NoError(t, err)
	table.All()[0].Name, table.Children("532600")[0].Name = "changed", "changed"
	require.Equal(t, "文山壮族苗族自治州", table.Root().Name)
	require.Equal(t, "文山市", table.Children("532600")[0].Name)
}

func TestABadTableIsRefusedWithItsLine(t *testing.T) {
	const head = "code,name,level,parent,valid_from,valid_to\n990000,Elsewhere,prefecture,,,\n"
	for _, c := range []struct{ behaviour, table, says string }{
		{"an unknown parent", head + "990001,County,county,980000,,\n", "line 3"},
		{"a code that stands twice", head + "990000,Elsewhere,prefecture,,,\n", "line 3"},
		{"a township straight below the prefecture", head + "990001001,Town,township,990000,,\n", "line 3"},
		{"a bad day", head + "990001,County,county,990000,2021/1/1,\n", "line 3"},
		{"a day that is over before it began", head + "990001,County,county,990000,2021-01-01,2020-12-31\n", "line 3: 990001 ends before it begins"},
		{"a cycle", head + "990001,County,county,990001,,\n", "line 3"},
		{"a cycle of two", head + "990001,County,county,990002,,\n990002,County,county,990001,,\n", "line 3"},
		{"a child above its parent", head + "990001001,Town,township,990001,,\n990001,County,county,990000,,\n", "line 3"},
		{"a prefecture with a parent", head + "980000,Other,prefecture,990000,,\n", "line 3"},
		{"a code with letters", head + "99000A,County,county,990000,,\n", "line 3"},
		{"a township of 12 digits", head + "990001,County,county,990000,,\n990001001000,Town,township,990001,,\n", "line 4"},
		{"a level that is none", head + "990001,County,village,990000,,\n", "line 3"},
		{"no name", head + "990001,,county,990000,,\n", "line 3"},
		{"a column too few", head + "990001,County,county,990000,\n", "line 3"},
		{"a quotation mark that stays open", head + "990001,\"County,county,990000,,\n", "line"},
		{"no header", "990000,Elsewhere,prefecture,,,\n", "line 1: the first line must be code,name"},
		{"other columns", "code,name,parent,level,valid_from,valid_to\n", "line 1"},
		{"notes alone", "# nothing\n", "one prefecture"},
		{"two prefectures", head + "980000,Other,prefecture,,,\n", "one prefecture"},
		{"an empty file", "", "one prefecture"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			_, err := area.Load(strings.NewReader(c.table))
			require.ErrorContains(t, err, c.says)
		})
	}
}
