package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/projections/registers"
)

// Elders answers a page of the register of the given areas (townships and the areas above them, as registered).
func (w *Warehouse) Elders(ctx context.Context, prefecture string, areas []string, after uuid.UUID, limit int) (registers.Elders, error) {
	args := []any{
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("areas", textsOf(areas)), clickhouse.Named("after", after.String()),
		clickhouse.Named("limit", limit),
	}
	var rows []struct {
		Elder         uuid.UUID `ch:"elder"`
		Area          string    `ch:"area"`
		Sex           string    `ch:"sex"`
		BirthMonth    int32     `ch:"birth_month"`
		Circumstances []string  `ch:"circumstances"`
		LastVisitOn   time.Time `ch:"last_visit_on"`
	}
	if err := w.read(ctx, &rows, registers.EldersSQL, args...); err != nil {
		return registers.Elders{}, fmt.Errorf("read the register: %w", err)
	}
	page := registers.Elders{Items: make([]registers.Elder, len(rows))}
	for i, r := range rows {
		page.Items[i] = registers.Elder{
			ID: r.Elder, Area: r.Area, Sex: r.Sex, BirthMonth: calendar.Month(r.BirthMonth), Circumstances: r.Circumstances,
		}
		if r.LastVisitOn.Year() > 1970 {
			page.Items[i].LastVisitOn = calendar.Date(r.LastVisitOn.Date())
		}
	}
	args[2] = clickhouse.Named("after", uuid.Nil.String())
	return page, w.one(ctx, &page.Total, registers.EldersTotalSQL, args...)
}

// Alerts answers alerts of areas (none: all) in a state ("": any), newest first.
func (w *Warehouse) Alerts(ctx context.Context, prefecture string, areas []string, state string) ([]registers.Alert, error) {
	var rows []struct {
		Alert      uuid.UUID `ch:"alert"`
		Rule       string    `ch:"rule"`
		Code       string    `ch:"code"`
		Variant    string    `ch:"variant"`
		Area       string    `ch:"area"`
		Period     string    `ch:"period"`
		Unit       string    `ch:"unit"`
		State      string    `ch:"state"`
		RaisedAt   time.Time `ch:"raised_at"`
		ResolvedAt time.Time `ch:"resolved_at"`
		Value      *float64  `ch:"value"`
		Expected   *float64  `ch:"expected"`
		Reason     string    `ch:"reason"`
	}
	err := w.read(ctx, &rows, registers.AlertsSQL,
		clickhouse.Named("prefecture", prefecture), clickhouse.Named("areas", textsOf(areas)), clickhouse.Named("state", state))
	alerts := make([]registers.Alert, len(rows))
	for i, r := range rows {
		alerts[i] = registers.Alert{
			ID: r.Alert, Rule: r.Rule, Code: r.Code, Variant: r.Variant, Area: r.Area, Period: r.Period, State: r.State,
			RaisedAt: r.RaisedAt.UTC(), Value: r.Value, Expected: r.Expected, Unit: r.Unit, Reason: r.Reason,
		}
		if r.State == "resolved" {
			at := r.ResolvedAt.UTC()
			alerts[i].ResolvedAt = &at
		}
	}
	return alerts, err
}
