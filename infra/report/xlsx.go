package report

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/projections/publication"
)

// The sheets of a workbook.
const (
	tableSheet = "主要指标"
	cellsSheet = "全部数据"
	aboutSheet = "说明"
)

const paperA4 = 9

// book is a workbook that is being written.
type book struct {
	*excelize.File
	content publication.Content
	hash    string
	styles  styles
}

type styles struct{ title, subtitle, header, text, wrapped int }

// XLSX makes the official table as a workbook: the table, every cell of the publication as a list, and a sheet that says
// what it is. Codes are text; what would begin a formula does not.
func (Printer) XLSX(c publication.Content, hash string) ([]byte, error) {
	b := book{File: excelize.NewFile(), content: c, hash: hash}
	defer func() { _ = b.Close() }() // it takes its temporary files with it
	for _, step := range []func() error{b.prepare, b.table, b.cells, b.about} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("write the workbook: %w", err)
		}
	}
	var out bytes.Buffer
	if err := b.Write(&out); err != nil {
		return nil, fmt.Errorf("write the workbook: %w", err)
	}
	return out.Bytes(), nil
}

// safe keeps a text from being taken for a formula, here or where it is exported to.
func safe(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func (b *book) prepare() error {
	border := []excelize.Border{
		{Type: "left", Style: 1, Color: "999999"}, {Type: "right", Style: 1, Color: "999999"},
		{Type: "top", Style: 1, Color: "999999"}, {Type: "bottom", Style: 1, Color: "999999"},
	}
	textFormat := 49 // "@"
	all := make([]error, 0, 9)
	make := func(into *int, s excelize.Style) {
		id, err := b.NewStyle(&s)
		*into = id
		all = append(all, err)
	}
	make(&b.styles.title, excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center"}})
	make(&b.styles.subtitle, excelize.Style{Alignment: &excelize.Alignment{Horizontal: "center"}})
	make(&b.styles.header, excelize.Style{
		Font: &excelize.Font{Bold: true}, Border: border, NumFmt: textFormat, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E2ECE9"}},
		Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true},
	})
	make(&b.styles.text, excelize.Style{Border: border, NumFmt: textFormat})
	make(&b.styles.wrapped, excelize.Style{NumFmt: textFormat, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	all = append(all, b.SetSheetName("Sheet1", tableSheet))
	for _, sheet := range []string{cellsSheet, aboutSheet} {
		_, err := b.NewSheet(sheet)
		all = append(all, err)
	}
	return errors.Join(all...)
}

// numbers is the style of a number with so many decimals.
func (b *book) numbers(decimals int) (int, error) {
	format := "#,##0"
	if decimals > 0 {
		format += "." + strings.Repeat("0", decimals)
	}
	return b.NewStyle(&excelize.Style{
		CustomNumFmt: &format, Alignment: &excelize.Alignment{Horizontal: "right"},
		Border: []excelize.Border{
			{Type: "left", Style: 1, Color: "999999"}, {Type: "right", Style: 1, Color: "999999"},
			{Type: "top", Style: 1, Color: "999999"}, {Type: "bottom", Style: 1, Color: "999999"},
		},
	})
}

func at(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // both are above 0
	return name
}

// headerRow is where the headers of the table stand: below its title.
const headerRow = 3

func (b *book) table() error {
	t := tableOf(b.content)
	headers := []string{"序号", "指标", "单位", "基期", "目标", "本期", "应达", "状态"}
	for _, county := range t.counties {
		headers = append(headers, county.Name)
	}
	w := sheet{b, tableSheet, nil}
	w.put(1, 1, t.title, b.styles.title)
	w.put(1, 2, t.subtitle, b.styles.subtitle)
	for i, h := range headers {
		w.put(i+1, headerRow, h, b.styles.header)
	}
	for i, l := range t.lines {
		w.line(headerRow+1+i, l)
	}
	last := at(len(headers), headerRow+len(t.lines))
	w.check(
		b.MergeCell(tableSheet, "A1", at(len(headers), 1)), b.MergeCell(tableSheet, "A2", at(len(headers), 2)),
		b.SetColWidth(tableSheet, "A", "A", 6), b.SetColWidth(tableSheet, "B", "B", 30), b.SetColWidth(tableSheet, "C", "C", 6),
	)
	name, err := excelize.ColumnNumberToName(len(headers))
	w.check(err, b.SetColWidth(tableSheet, "D", name, 10.5))
	return errors.Join(w.err, b.layout(tableSheet, headerRow, 2, "$A$1:"+absolute(last)))
}

// line writes an indicator. Numbers are numbers, unrounded, shown with the decimals that the table is printed with.
func (w *sheet) line(row int, l line) {
	given := max(l.places(l.baseline), l.places(l.target))
	w.put(1, row, l.number, w.styles.text)
	w.put(2, row, l.name, w.styles.text)
	w.put(3, row, l.unit, w.styles.text)
	w.number(4, row, l.baseline, given)
	if goal := l.goal(); l.target != nil && goal == number(l.target, l.places(l.target)) {
		w.number(5, row, l.target, given)
	} else {
		w.put(5, row, goal, w.styles.text)
	}
	w.number(6, row, l.whole.Value, l.placesOf(l.whole))
	w.number(7, row, l.whole.Expected, l.placesExpected())
	w.put(8, row, statusZh(l.whole.Status), w.styles.text)
	for i, c := range l.counties {
		w.number(9+i, row, c.Value, l.placesOf(c))
	}
}

func (b *book) cells() error {
	names, definitions := map[string]publication.Area{}, map[place]publication.Definition{}
	for _, a := range b.content.Areas {
		names[a.Code] = a
	}
	for _, d := range b.content.Definitions {
		definitions[place{d.Variant, d.Code}] = d
	}
	headers := []any{"区划代码", "区划", "级别", "编号", "指标代码", "指标", "口径", "口径版本", "统计期", "数值", "单位", "分子", "分母", "目标", "应达", "状态", "完整"}
	last := at(len(headers), len(b.content.Cells)+1)
	err := errors.Join(b.AutoFilter(cellsSheet, "A1:"+last, nil), b.layout(cellsSheet, 1, 0, "$A$1:"+absolute(last)))
	w, failed := b.NewStreamWriter(cellsSheet) // it takes the layout with it
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	for i, h := range headers {
		headers[i] = excelize.Cell{StyleID: b.styles.header, Value: h}
	}
	err = errors.Join(
		w.SetColWidth(1, 1, 12), w.SetColWidth(2, 2, 22), w.SetColWidth(5, 6, 26), w.SetPanes(frozen(1, 0)), w.SetRow("A1", headers),
	)
	levels := map[area.Level]string{area.Prefecture: "州市", area.County: "县（市）", area.Township: "乡镇（街道）"}
	for i, c := range b.content.Cells {
		d, a := definitions[place{c.Variant, c.Code}], names[c.Area]
		variant := c.Variant
		if variant == "official" {
			variant = "正式"
		}
		row := []any{
			c.Area, safe(a.Name), levels[a.Level], d.Number, safe(c.Code), safe(d.NameZh), safe(variant), c.Version, c.Period, cell(c.Value),
			safe(unitZh(c.Unit)), cell(c.Numerator), cell(c.Denominator), cell(c.Target), cell(c.Expected), statusZh(c.Status), yes(c.Complete),
		}
		for j, v := range row {
			if text, is := v.(string); is {
				row[j] = excelize.Cell{StyleID: b.styles.text, Value: text}
			}
		}
		err = errors.Join(err, w.SetRow(at(1, i+2), row))
	}
	return errors.Join(err, w.Flush())
}

func cell(v *float64) any {
	if v == nil {
		return nil
	}
	return *v
}

func yes(is bool) string {
	if is {
		return "是"
	}
	return "否"
}

// layout freezes the header, and prints on A4 on its side, as wide as the page, with the header on each page.
func (b *book) layout(sheet string, rows, columns int, area string) error {
	landscape, a4, one, many, fit := "landscape", paperA4, 1, 0, true
	err := errors.Join(
		b.SetPageLayout(sheet, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &many}),
		b.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddFooter: "&L" + b.hash + "&R第 &P 页，共 &N 页"}),
		b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", sheet, rows, rows), Scope: sheet}),
		b.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("'%s'!%s", sheet, area), Scope: sheet}),
	)
	if sheet == cellsSheet { // a stream has set its own
		return err
	}
	return errors.Join(err, b.SetPanes(sheet, frozen(rows, columns)))
}

func frozen(rows, columns int) *excelize.Panes {
	pane := "bottomLeft"
	if columns > 0 {
		pane = "bottomRight"
	}
	return &excelize.Panes{Freeze: true, XSplit: columns, YSplit: rows, TopLeftCell: at(columns+1, rows+1), ActivePane: pane}
}

// absolute turns B7 into $B$7.
func absolute(cell string) string {
	column, row, err := excelize.CellNameToCoordinates(cell)
	if err != nil {
		return cell
	}
	name, _ := excelize.CoordinatesToCellName(column, row, true) // it was one just now
	return name
}

// sheet writes cells and keeps the first error.
type sheet struct {
	*book
	name string
	err  error
}

func (w *sheet) put(column, row int, text string, style int) {
	cell := at(column, row)
	w.check(w.SetCellStr(w.name, cell, safe(text)), w.SetCellStyle(w.name, cell, cell, style))
}

func (w *sheet) number(column, row int, v *float64, places int) {
	if v == nil {
		w.put(column, row, missing, w.styles.text)
		return
	}
	cell := at(column, row)
	style, err := w.numbers(places)
	w.check(err, w.SetCellFloat(w.name, cell, *v, -1, 64), w.SetCellStyle(w.name, cell, cell, style))
}

func (w *sheet) check(errs ...error) {
	if w.err == nil {
		w.err = errors.Join(errs...)
	}
}
