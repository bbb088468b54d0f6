package warehouse

import (
	"context"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/lineage"
)

// subjectRow is the part of a row that says of whom it is.
type subjectRow struct {
	Kind    string    `ch:"kind"`
	Subject uuid.UUID `ch:"subject"`
	Name    string    `ch:"name"`
}

// key names the subject; Kind is empty where a page has no row.
func (r subjectRow) key() lineage.Key {
	if r.Name != "" {
		return lineage.Key{Kind: r.Kind, Subject: r.Name}
	}
	return lineage.Key{Kind: r.Kind, Subject: r.Subject.String()}
}

// idOf tells an id from a name.
func idOf(k lineage.Key) (id uuid.UUID, name string) {
	id, err := uuid.Parse(k.Subject)
	if err != nil {
		return uuid.Nil, k.Subject
	}
	return id, ""
}

// Rows implements lineage.Store.
func (w *Warehouse) Rows(ctx context.Context, c lineage.Cell, role lineage.Role, in lineage.Window, limit int) ([]lineage.Row, error) {
	var rows []struct {
		subjectRow
		Area   string  `ch:"area"`
		N      float64 `ch:"n"`
		D      float64 `ch:"d"`
		Reason string  `ch:"reason"`
		Rank   uint8   `ch:"rank"`
	}
	lower, upper := uuid.Nil, uuid.Max
	until := lineage.Key{Kind: "~"} // behind every kind
	if in.Until != (lineage.Key{}) {
		until = in.Until
		upper, _ = idOf(until)
	}
	if in.After.Kind == c.WindowKind() {
		lower, _ = idOf(in.After)
	}
	args := append(cellArgs("", c, lower, upper), keyArgs(in.After)...)
	args = append(args, clickhouse.Named("role", slices.Index(lineage.Roles(), role)), clickhouse.Named("limit", limit),
		clickhouse.Named("until_kind", until.Kind), clickhouse.Named("until_subject", upper.String()))
	err := w.read(ctx, &rows, c.RowsSQL(), args...)
	page := make([]lineage.Row, len(rows))
	for i, r := range rows {
		page[i] = lineage.Row{Key: r.key(), Share: lineage.Share{Role: lineage.Roles()[r.Rank], Reason: r.Reason, Area: r.Area, Numerator: r.N, Denominator: r.D}}
	}
	return page, err
}

// Totals implements lineage.Store.
func (w *Warehouse) Totals(ctx context.Context, c lineage.Cell) (lineage.Totals, error) {
	var rows []struct {
		N        float64 `ch:"n"`
		D        float64 `ch:"d"`
		Excluded uint64  `ch:"excluded"`
		Rows     uint64  `ch:"rows"`
	}
	err := w.read(ctx, &rows, c.TotalsSQL(), cellArgs("", c, uuid.Nil, uuid.Max)...)
	if err != nil || len(rows) == 0 {
		return lineage.Totals{}, err
	}
	return lineage.Totals{Numerator: rows[0].N, Denominator: rows[0].D, Excluded: rows[0].Excluded, Rows: rows[0].Rows}, nil
}

// Reach implements lineage.Store.
func (w *Warehouse) Reach(ctx context.Context, c lineage.Cell, after lineage.Key, n int) (lineage.Key, error) {
	var rows []struct {
		Subject uuid.UUID `ch:"subject"`
		Found   uint64    `ch:"found"`
	}
	lower, _ := idOf(after)
	args := append(cellArgs("", c, lower, uuid.Max), clickhouse.Named("limit", n))
	if err := w.read(ctx, &rows, lineage.ReachSQL(after.Kind, c.Merges), args...); err != nil || len(rows) == 0 || rows[0].Found < uint64(n) {
		return lineage.Key{}, err
	}
	return lineage.Key{Kind: after.Kind, Subject: rows[0].Subject.String()}, nil
}

// Differences implements lineage.Store.
func (w *Warehouse) Differences(ctx context.Context, before, after lineage.Cell, from lineage.Place, limit int) ([]lineage.Difference, lineage.DifferenceTotals, error) {
	type share struct {
		Rank   uint8
		Area   string
		N, D   float64
		Reason string
	}
	var rows []struct {
		subjectRow
		Rank      uint8    `ch:"rank"`
		Rank1     uint8    `ch:"rank1"`
		Area1     string   `ch:"area1"`
		N1        float64  `ch:"n1"`
		D1        float64  `ch:"d1"`
		Reason1   string   `ch:"reason1"`
		Rank0     uint8    `ch:"rank0"`
		Area0     string   `ch:"area0"`
		N0        float64  `ch:"n0"`
		D0        float64  `ch:"d0"`
		Reason0   string   `ch:"reason0"`
		TotalN1   float64  `ch:"total_n1"`
		TotalD1   float64  `ch:"total_d1"`
		Excluded1 uint64   `ch:"excluded1"`
		Total1    uint64   `ch:"total1"`
		TotalN0   float64  `ch:"total_n0"`
		TotalD0   float64  `ch:"total_d0"`
		Excluded0 uint64   `ch:"excluded0"`
		Total0    uint64   `ch:"total0"`
		Changes   []uint64 `ch:"changes"`
	}
	args := append(append(cellArgs("", after, uuid.Nil, uuid.Max), cellArgs("against_", before, uuid.Nil, uuid.Max)...), keyArgs(from.Key)...)
	args = append(args, clickhouse.Named("rank", from.Rank))
	totals := lineage.DifferenceTotals{Changed: map[lineage.Change]uint64{}}
	if err := w.read(ctx, &rows, lineage.DifferencesSQL(before, after, limit), args...); err != nil || len(rows) == 0 {
		return nil, totals, err
	}
	first := rows[0]
	totals.After = lineage.Totals{Numerator: first.TotalN1, Denominator: first.TotalD1, Excluded: first.Excluded1, Rows: first.Total1}
	totals.Before = lineage.Totals{Numerator: first.TotalN0, Denominator: first.TotalD0, Excluded: first.Excluded0, Rows: first.Total0}
	for i, change := range lineage.Changes() {
		totals.Changed[change] = first.Changes[i]
	}
	shareOf := func(s share) *lineage.Share {
		if int(s.Rank) >= len(lineage.Roles()) { // it is not there
			return nil
		}
		return &lineage.Share{Role: lineage.Roles()[s.Rank], Reason: s.Reason, Area: s.Area, Numerator: s.N, Denominator: s.D}
	}
	var page []lineage.Difference
	for _, r := range rows {
		if r.Kind != "" {
			page = append(page, lineage.Difference{
				Key: r.key(), Change: lineage.Changes()[r.Rank],
				After:  shareOf(share{r.Rank1, r.Area1, r.N1, r.D1, r.Reason1}),
				Before: shareOf(share{r.Rank0, r.Area0, r.N0, r.D0, r.Reason0}),
			})
		}
	}
	return page, totals, nil
}

// Behind implements lineage.Store.
func (w *Warehouse) Behind(ctx context.Context, c lineage.Cell, above uint64, subjects []lineage.Key) (map[lineage.Key][]facts.Event, error) {
	var ids, names []string
	for _, k := range subjects {
		if id, name := idOf(k); name != "" {
			names = append(names, name)
		} else {
			ids = append(ids, id.String())
		}
	}
	var numbers []struct {
		subjectRow
		Number uint64 `ch:"number"`
	}
	err := w.read(ctx, &numbers, c.BehindSQL(), append(cellArgs("", c, uuid.Nil, uuid.Max), clickhouse.Named("subjects", textsOf(ids)),
		clickhouse.Named("names", textsOf(names)), clickhouse.Named("above", above))...)
	if err != nil || len(numbers) == 0 {
		return nil, err
	}
	all := make([]uint64, len(numbers))
	for i, n := range numbers {
		all[i] = n.Number
	}
	slices.Sort(all)
	events, err := w.events(ctx, c.Prefecture, slices.Compact(all))
	if err != nil {
		return nil, err
	}
	behind := map[lineage.Key][]facts.Event{}
	for _, n := range numbers {
		if e, there := events[n.Number]; there {
			behind[n.key()] = append(behind[n.key()], e)
		}
	}
	for _, of := range behind {
		slices.SortFunc(of, func(a, b facts.Event) int { return int(a.Number) - int(b.Number) })
	}
	return behind, nil
}

// events answers envelopes by number.
func (w *Warehouse) events(ctx context.Context, prefecture string, numbers []uint64) (map[uint64]facts.Event, error) {
	var rows []facts.Event
	err := w.read(ctx, &rows, lineage.EventsSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("numbers", ledgerNumbers(numbers)))
	byNumber := make(map[uint64]facts.Event, len(rows))
	for _, r := range rows {
		byNumber[r.Number] = r
	}
	return byNumber, err
}

func cellArgs(prefix string, c lineage.Cell, lower, upper uuid.UUID) []any {
	named := func(name string, value any) any { return clickhouse.Named(prefix+name, value) }
	return []any{
		named("prefecture", c.Prefecture), named("area", c.Area), named("areas", textsOf(c.Areas)), named("month", int32(c.Month)),
		named("last", c.Month.Last().String()), named("begin", c.Begin.String()), named("from", c.From.String()), named("number", c.Number),
		named("numerator", c.Definition.Numerator), named("minus", c.Definition.Minus), named("denominator", c.Definition.Denominator),
		named("lower", lower.String()), named("upper", upper.String()),
	}
}

func keyArgs(k lineage.Key) []any {
	id, name := idOf(k)
	return []any{clickhouse.Named("kind", k.Kind), clickhouse.Named("subject", id.String()), clickhouse.Named("name", name)}
}
