package report

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/careledger/careledger/domain/plan"
)

// about says what the workbook is: which month, as of when, how many rows, by which rules, and how to check it.
func (b *book) about() error {
	c := b.content
	rows := [][2]string{
		{"名称", tableOf(c).title},
		{"统计期", c.Period.String()},
		{"发布", fmt.Sprintf("第 %d 次，%s", c.Revision, dayZh(c.SealedOn.Time()))},
		{"统计截至", "台账序号 " + strconv.FormatUint(c.Position, 10) + "（其后记入的不计）"},
		{"筛选条件", fmt.Sprintf("“%s”：规划编号指标，正式口径，全州及各县（市）；“%s”：全部区划、全部指标与口径，无筛选", tableSheet, cellsSheet)},
		{"行数", fmt.Sprintf("“%s” %d 行；“%s” %d 行", tableSheet, len(tableOf(c).lines), cellsSheet, len(c.Cells))},
		{"规划", fmt.Sprintf("%s（%s，%s）", c.Plan.NameZh, c.Plan.ID, c.Plan.Source)},
		{"规划 SHA-256", c.Plan.SHA256},
		{"区划 SHA-256", c.AreasSHA256},
		{"发布编号", c.Publication.String()},
		{"内容 SHA-256", b.hash},
		{"账本", c.Head.Ledger.String()},
		{"账本根", c.Head.Root},
		{"核验方法", "本工作簿供阅读与打印；以签名的 JSON 文件为准：careledger publish get " + c.Publication.String() + " -o 文件，再运行 careledger verify publication 文件"},
	}
	for _, note := range notes(c) {
		rows = append(rows, [2]string{"注", note})
	}
	for _, d := range c.Definitions {
		if d.Number == "" || d.Variant != plan.Official {
			continue
		}
		how := d.NumeratorZh
		if d.DenominatorZh != "" {
			how += " ÷ " + d.DenominatorZh
		}
		rows = append(rows, [2]string{d.Number + " " + d.NameZh, fmt.Sprintf("%s（第 %d 版；%s）", how, d.Version, d.Source)})
	}
	w := sheet{b, aboutSheet, nil}
	for i, row := range rows {
		w.put(1, i+1, row[0], b.styles.wrapped)
		w.put(2, i+1, row[1], b.styles.wrapped)
	}
	return errors.Join(w.err, b.SetColWidth(aboutSheet, "A", "A", 34), b.SetColWidth(aboutSheet, "B", "B", 110), b.layout(aboutSheet, 1, 0, "$A$1:"+absolute(at(2, len(rows)))))
}
