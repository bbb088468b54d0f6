package main

import (
	"context"

	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/lineage"
)

// lineagePages asks for one page after the other of what is behind the monthly visit rate: in turn of the prefecture, a
// county and a township, from the first page on.
func lineagePages(ctx context.Context, s *lineage.Service, areas *area.Table, month calendar.Month) func() error {
	county := areas.Children(areas.Root().Code)[0]
	var at []lineage.Query
	for _, code := range []string{areas.Root().Code, county.Code, areas.Children(county.Code)[0].Code} {
		at = append(at, lineage.Query{Of: lineage.Of{Code: "monthly-visit-rate", Area: code}, State: lineage.State{Period: calendar.MonthPeriod(month)}, Limit: 50})
	}
	turn := 0
	return func() error {
		q := &at[turn%len(at)]
		turn++
		page, err := s.Rows(ctx, *q)
		if err != nil || !page.More {
			return err
		}
		q.After, q.Totals, q.Number = page.Rows[len(page.Rows)-1].Key, &page.Totals, page.Cell.Position
		return nil
	}
}
