package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/signintech/gopdf"

	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/publication"
)

// Printer prints publications.
type Printer struct{}

// Measures of the page, in points: A4 on its side.
const (
	pageWidth, pageHeight = 841.89, 595.28
	margin                = 30.0
	bottom                = pageHeight - 46
	padding               = 2.5
	fontName              = "han"
)

// page is a PDF that is being written.
type page struct {
	*gopdf.GoPdf
	content publication.Content
	hash    string
	table   table
	columns []column
	y       float64
	number  int
	err     error
}

type column struct {
	title string
	width float64
	align int // of the text
}

// PDF makes the official table to print: A4 on its side, the header on each page, the font subset and embedded. ErrFont
// where there is no font.
func (Printer) PDF(c publication.Content, hash string) ([]byte, error) {
	path, err := Locate()
	if err != nil {
		return nil, err
	}
	font, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.Join(ErrFont, err)
	}
	p := page{GoPdf: &gopdf.GoPdf{}, content: c, hash: hash, table: tableOf(c)}
	p.Start(gopdf.Config{PageSize: *gopdf.PageSizeA4Landscape})
	p.SetInfo(gopdf.PdfInfo{
		Title: p.table.title, Subject: p.table.subtitle, Creator: "Careledger 照护台账", Producer: "Careledger", CreationDate: c.SealedOn.Time().In(time.UTC),
	})
	option := gopdf.TtfOption{OnGlyphNotFoundSubstitute: func(rune) rune { return '□' }}
	if err := p.AddTTFFontDataWithOption(fontName, font, option); err != nil {
		return nil, errors.Join(ErrFont, err)
	}
	p.columns = p.table.columns()
	p.print()
	if p.err != nil {
		return nil, fmt.Errorf("print the report: %w", p.err)
	}
	var out bytes.Buffer
	if _, err := p.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	return out.Bytes(), nil
}

// columns share the page's width: what the counties need not is the name's.
func (t table) columns() []column {
	all := []column{
		{"序号", 28, gopdf.Center}, {"指标", 0, gopdf.Left}, {"单位", 28, gopdf.Center}, {"基期", 44, gopdf.Right}, {"目标", 50, gopdf.Right},
		{"本期", 48, gopdf.Right}, {"应达", 48, gopdf.Right}, {"状态", 42, gopdf.Center},
	}
	used := 0.0
	for _, c := range all {
		used += c.width
	}
	left := pageWidth - 2*margin - used
	width := min(48, (left-100)/float64(max(1, len(t.counties))))
	for _, county := range t.counties {
		all = append(all, column{county.Name, width, gopdf.Right})
	}
	all[1].width = left - width*float64(len(t.counties))
	return all
}

func (l line) texts() []string {
	all := []string{
		l.number, l.name, l.unit, number(l.baseline, l.places(l.baseline)), l.goal(), l.value(l.whole, false), l.expected(), statusZh(l.whole.Status),
	}
	for _, c := range l.counties {
		all = append(all, l.value(c, true))
	}
	return all
}

func (p *page) print() {
	p.begin()
	p.center(16, p.table.title, 22)
	p.center(9.5, p.table.subtitle, 16)
	p.header()
	for _, l := range p.table.lines {
		height := p.height(l.texts())
		if p.y+height > bottom {
			p.begin()
			p.header()
		}
		p.row(l.texts(), height, l.whole.Status == plan.Behind)
	}
	p.y += 6
	for _, note := range notes(p.content) {
		p.left(8, "注："+note, 13)
	}
	p.left(8, fmt.Sprintf("依据：%s（%s）；统计区划 %d 个；规划与区划版本 %.12s / %.12s。", p.content.Plan.NameZh, p.content.Plan.Source, len(p.content.Areas),
		p.content.Plan.SHA256, p.content.AreasSHA256), 13)
	p.y += 8
	p.left(9.5, "填报单位（盖章）：　　　　　　　　　　审核人：　　　　　　　　　　签发人：　　　　　　　　　　日期：　　　　年　　月　　日", 16)
}

// begin opens a page with what makes it provable at its foot.
func (p *page) begin() {
	p.AddPage()
	p.number++
	p.y = pageHeight - 36
	p.SetTextColor(90, 90, 90)
	p.left(7, fmt.Sprintf("内容哈希 SHA-256 %s · 账本 %s · 账本根 %s", p.hash, p.content.Head.Ledger, p.content.Head.Root), 10)
	p.left(7, fmt.Sprintf("核验：careledger verify publication 文件 · 发布编号 %s · 第 %d 页", p.content.Publication, p.number), 10)
	p.SetTextColor(0, 0, 0)
	p.y = margin
}

func (p *page) header() {
	titles := make([]string, len(p.columns))
	for i, c := range p.columns {
		titles[i] = c.title
	}
	height := p.height(titles)
	p.SetFillColor(226, 236, 233)
	p.RectFromUpperLeftWithStyle(margin, p.y, pageWidth-2*margin, height, "F")
	p.cells(titles, height, func(int) int { return gopdf.Center })
}

// row prints a line; one that is behind stands on a tinted ground.
func (p *page) row(texts []string, height float64, behind bool) {
	if behind {
		p.SetFillColor(253, 240, 230)
		p.RectFromUpperLeftWithStyle(margin, p.y, pageWidth-2*margin, height, "F")
	}
	p.cells(texts, height, func(i int) int { return p.columns[i].align })
}

const (
	cellSize = 8.0
	cellLead = 10.5
)

// cells prints texts in their columns, broken where they are too long.
func (p *page) cells(texts []string, height float64, align func(int) int) {
	p.size(cellSize)
	p.SetLineWidth(0.4)
	p.SetStrokeColor(120, 120, 120)
	x := margin
	for i, text := range texts {
		width := p.columns[i].width
		p.RectFromUpperLeft(x, p.y, width, height)
		lines := p.split(text, width-2*padding)
		y := p.y + (height-float64(len(lines))*cellLead)/2
		for _, l := range lines {
			p.SetXY(x+padding, y)
			p.check(p.CellWithOption(&gopdf.Rect{W: width - 2*padding, H: cellLead}, l, gopdf.CellOption{Align: align(i) | gopdf.Middle}))
			y += cellLead
		}
		x += width
	}
	p.y += height
}

func (p *page) height(texts []string) float64 {
	p.size(cellSize)
	most := 1
	for i, text := range texts {
		most = max(most, len(p.split(text, p.columns[i].width-2*padding)))
	}
	return float64(most)*cellLead + 2*padding
}

// split breaks a text into lines.
func (p *page) split(text string, width float64) []string {
	if text == "" {
		return []string{""}
	}
	lines, err := p.SplitText(text, width)
	p.check(err)
	return lines
}

func (p *page) center(size float64, text string, lead float64) {
	p.text(size, text, lead, gopdf.Center)
}

func (p *page) left(size float64, text string, lead float64) { p.text(size, text, lead, gopdf.Left) }

func (p *page) text(size float64, text string, lead float64, align int) {
	p.size(size)
	width := pageWidth - 2*margin
	for _, l := range p.split(text, width) {
		if p.y+lead > pageHeight-margin/2 {
			p.begin()
			p.size(size)
		}
		p.SetXY(margin, p.y)
		p.check(p.CellWithOption(&gopdf.Rect{W: width, H: lead}, l, gopdf.CellOption{Align: align | gopdf.Middle}))
		p.y += lead
	}
}

func (p *page) size(size float64) { p.check(p.SetFont(fontName, "", size)) }

func (p *page) check(err error) {
	if p.err == nil {
		p.err = err
	}
}
