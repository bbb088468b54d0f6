package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/publication"
)

const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// content is a publication of 35 indicators of Wenshan and its counties, with what may go wrong in it.
func content(t testing.TB) publication.Content {
	t.Helper()
	areas, err := area.Wenshan()
	require.NoError(t, err)
	c := publication.Content{
		Format: publication.Format, Publication: uuid.MustParse("018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e"), Prefecture: "532600",
		Period: calendar.MonthOf(2022, time.November), Revision: 2, SealedOn: calendar.Date(2022, 12, 9), Position: 70123,
		Head:    publication.Head{Ledger: uuid.MustParse("0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11"), Size: 70123, Root: "BzjDXXLaqLp1J2XVOOlASTDcOF5MNyAObOzp7TMsMbk="},
		Plan:    publication.Plan{ID: "wenshan-2022", NameZh: "文山州“一老一小”整体解决方案", Source: "文山州人民政府 2022-11-07", SHA256: strings.Repeat("a", 64)},
		Reasons: &publication.Reasons{Supersedes: publication.Superseded{Revision: 1}, Cells: make([]publication.Change, 3), Events: []publication.Late{{Type: "HomeVisitLogged.v1", Area: "532601", Events: 17}}},
	}
	for _, a := range append(areas.Children("532600"), areas.Root()) {
		c.Areas = append(c.Areas, publication.Area{Code: a.Code, Name: a.Name, Level: a.Level, Parent: a.Parent})
	}
	baseline, target := 10144.0, 17850.0
	for n := range 35 {
		d := publication.Definition{
			Code: fmt.Sprintf("indicator-%d", n), Number: fmt.Sprintf("E%02d", n+1), Variant: "official", Version: 1, NameZh: "特殊困难老年人月探访率", Unit: "%",
			Decimals: 1, NumeratorZh: "当月至少联系一次的人数", DenominatorZh: "特殊困难老年人", Source: "指标表", Kind: plan.Reach, Baseline: &baseline, Target: &target,
		}
		switch n {
		case 1:
			d.NameZh, d.Kind, d.Baseline, d.Target = "名称特别长的一项指标，长到一行放不下，需要折成两行甚至更多行才能完整打印出来", plan.Rise, nil, nil
		case 2:
			d.NameZh, d.Unit, d.Kind = "=cmd|'/c calc'!A1", "beds", plan.Floor
		case 3:
			d.NameZh = "未知字形😀指标"
		}
		c.Definitions = append(c.Definitions, d)
		for i, a := range c.Areas {
			value := 52.34375 * float64(i+1)
			cell := publication.Cell{Area: a.Code, Code: d.Code, Variant: "official", Period: "2022-11", Unit: d.Unit, Position: c.Position, Values: publication.Values{
				Version: 1, Value: &value, Numerator: &value, Target: d.Target, Expected: &target, Status: plan.Behind, Complete: n != 4,
			}}
			if n == 5 || n == 6 && i == 0 {
				cell.Value, cell.Status = nil, plan.NoData
			}
			c.Cells = append(c.Cells, cell)
		}
	}
	c.Definitions = append(c.Definitions, publication.Definition{Code: "indicator-0", Variant: "operating", Version: 1, NameZh: "另一口径"})
	return c
}

func needsFont(t *testing.T) {
	t.Helper()
	if _, err := Locate(); err != nil {
		t.Skip("make font installs the font")
	}
}

func TestThePDFIsPrintable(t *testing.T) {
	needsFont(t)
	pdf, err := Printer{}.PDF(content(t), hash)
	require.NoError(t, err)
	if path := os.Getenv("CAREL_WRITE_REPORT"); path != "" {
		require.NoError(t, os.WriteFile(path, pdf, 0o600))
	}
	require.True(t, bytes.HasPrefix(pdf, []byte("%PDF-")))
	require.Len(t, regexp.MustCompile(`/Type /Page\b[^s]`).FindAll(pdf, -1), 2)
	require.Contains(t, string(pdf), "/FontFile2", "the font is in it")
	require.Contains(t, string(pdf), "/ToUnicode", "its text can be searched and copied")
	require.Less(t, len(pdf), 400_000, "of the font only what is used")
	again, err := Printer{}.PDF(content(t), hash)
	require.NoError(t, err)
	require.InDelta(t, len(pdf), len(again), 64)
}

func TestWithoutAFontThePDFSaysHowToGetOne(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "none.ttf"), t.TempDir(), os.Args[0]} {
		t.Setenv(FontVariable, path)
		_, err := Printer{}.PDF(content(t), hash)
		require.ErrorIs(t, err, ErrFont, path)
	}
	t.Setenv(FontVariable, "")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	_, err := Printer{}.PDF(content(t), hash)
	require.ErrorIs(t, err, ErrFont)
	require.Contains(t, ErrFont.English, "make font")
	require.Contains(t, ErrFont.Chinese, "make font")
	_, err = Printer{}.XLSX(content(t), hash)
	require.NoError(t, err, "a workbook needs none")
}

func workbook(t *testing.T) *excelize.File {
	t.Helper()
	text, err := Printer{}.XLSX(content(t), hash)
	require.NoError(t, err)
	if path := os.Getenv("CAREL_WRITE_WORKBOOK"); path != "" {
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
	f, err := excelize.OpenReader(bytes.NewReader(text))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func TestTheWorkbookHoldsTheTable(t *testing.T) {
	f := workbook(t)
	require.Equal(t, []string{tableSheet, cellsSheet, aboutSheet}, f.GetSheetList())
	rows, err := f.GetRows(tableSheet, excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Len(t, rows, headerRow+35)
	require.Equal(t, []string{"序号", "指标", "单位", "基期", "目标", "本期", "应达", "状态", "文山市", "砚山县", "西畴县", "麻栗坡县", "马关县", "丘北县", "广南县", "富宁县"}, rows[2])
	require.Equal(t, []string{"E01", "特殊困难老年人月探访率", "%", "10144", "17850", "471.09375", "17850", "落后", "52.34375"}, rows[3][:9], "unrounded")
	require.Equal(t, "持续提高", rows[4][4])
	require.Equal(t, "≥17,850", rows[5][4])
	require.Equal(t, missing, rows[8][5])
	shown, err := f.GetCellValue(tableSheet, "F4")
	require.NoError(t, err)
	require.Equal(t, "471.1", shown, "with the decimals of its definition")
}

func TestNothingInTheWorkbookIsAFormula(t *testing.T) {
	f := workbook(t)
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		for r, row := range rows {
			for c, text := range row {
				formula, err := f.GetCellFormula(sheet, at(c+1, r+1))
				require.NoError(t, err)
				require.Empty(t, formula)
				require.NotContains(t, "=+@", text[:min(1, len(text))]+" ", "%s %s", sheet, at(c+1, r+1))
			}
		}
	}
	text, err := f.GetCellValue(tableSheet, "B6")
	require.NoError(t, err)
	require.Equal(t, "'=cmd|'/c calc'!A1", text)
	for given, want := range map[string]string{"+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "文": "文", "": ""} {
		require.Equal(t, want, safe(given))
	}
}

func TestCodesAreTextAndHeadersStay(t *testing.T) {
	f := workbook(t)
	rows, err := f.GetRows(cellsSheet)
	require.NoError(t, err)
	require.Len(t, rows, 1+9*35)
	for _, cell := range []struct{ sheet, at string }{{cellsSheet, "A2"}, {cellsSheet, "I2"}, {tableSheet, "A4"}} {
		kind, err := f.GetCellType(cell.sheet, cell.at)
		require.NoError(t, err)
		require.Contains(t, []excelize.CellType{excelize.CellTypeSharedString, excelize.CellTypeInlineString}, kind, cell)
		style, err := f.GetCellStyle(cell.sheet, cell.at)
		require.NoError(t, err)
		of, err := f.GetStyle(style)
		require.NoError(t, err)
		require.Equal(t, 49, of.NumFmt, "as text, so that nobody makes a date of it")
	}
	for sheet, frozen := range map[string]int{tableSheet: headerRow, cellsSheet: 1} {
		panes, err := f.GetPanes(sheet)
		require.NoError(t, err)
		require.True(t, panes.Freeze)
		require.Equal(t, frozen, panes.YSplit)
		layout, err := f.GetPageLayout(sheet)
		require.NoError(t, err)
		require.Equal(t, "landscape", *layout.Orientation)
		require.Equal(t, paperA4, *layout.Size)
	}
}

func TestTheWorkbookSaysWhatItIs(t *testing.T) {
	rows, err := workbook(t).GetRows(aboutSheet)
	require.NoError(t, err)
	var all []string
	for _, row := range rows {
		all = append(all, strings.Join(row, "="))
	}
	text := strings.Join(all, "\n")
	for _, want := range []string{hash, "统计期=2022-11", "台账序号 70123", "“主要指标” 35 行；“全部数据” 315 行", "第 2 次", "新增记录 17 条，3 个单元格有变化", "verify publication", "E01 特殊困难老年人月探访率=当月至少联系一次的人数 ÷ 特殊困难老年人"} {
		require.Contains(t, text, want)
	}
}

func TestNumbersAreWrittenForPeople(t *testing.T) {
	for _, c := range []struct {
		value    float64
		decimals int
		want     string
	}{{0, 0, "0"}, {999.5, 0, "1,000"}, {1234567.891, 2, "1,234,567.89"}, {-1234, 0, "-1,234"}, {-5.25, 1, "-5.2"}, {100, 1, "100.0"}} {
		require.Equal(t, c.want, number(&c.value, c.decimals))
	}
	require.Equal(t, missing, number(nil, 2))
}
