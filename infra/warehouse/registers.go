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
	page := registers.Elders{}
	counted, err := w.ofSurvivors(ctx, prefecture, everything, registers.EldersTotalSQL)
	if err != nil {
		return page, err
	}
	err = w.one(ctx, &page.Total, counted, clickhouse.Named("number", everything), clickhouse.Named("prefecture", prefecture), clickhouse.Named("areas", textsOf(areas)),
		clickhouse.Named("after", uuid.Nil.String()), clickhouse.Named("ids", clickhouse.ArraySet{}))
	if err != nil {
		return page, fmt.Errorf("count the register: %w", err)
	}
	page.Items, err = w.elders(ctx, prefecture, areas, after, nil, limit)
	return page, err
}

// EldersByID answers the register's lines of some elders.
func (w *Warehouse) EldersByID(ctx context.Context, prefecture string, ids []uuid.UUID) ([]registers.Elder, error) {
	return w.elders(ctx, prefecture, nil, uuid.Nil, ids, len(ids))
}

func (w *Warehouse) elders(ctx context.Context, prefecture string, areas []string, after uuid.UUID, ids []uuid.UUID, limit int) ([]registers.Elder, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	var rows []struct {
		Elder         uuid.UUID `ch:"elder"`
		Area          string    `ch:"area"`
		Sex           string    `ch:"sex"`
		BirthMonth    int32     `ch:"birth_month"`
		Circumstances []string  `ch:"circumstances"`
		LastVisitOn   time.Time `ch:"last_visit_on"`
	}
	lines, err := w.ofSurvivors(ctx, prefecture, everything, registers.EldersSQL)
	if err != nil {
		return nil, err
	}
	err = w.read(ctx, &rows, lines, clickhouse.Named("number", everything), clickhouse.Named("prefecture", prefecture), clickhouse.Named("areas", textsOf(areas)),
		clickhouse.Named("after", after.String()), clickhouse.Named("ids", textsOf(texts)), clickhouse.Named("limit", limit))
	if err != nil {
		return nil, fmt.Errorf("read the register: %w", err)
	}
	elders := make([]registers.Elder, len(rows))
	for i, r := range rows {
		elders[i] = registers.Elder{
			ID: r.Elder, Area: r.Area, Sex: r.Sex, BirthMonth: calendar.Month(r.BirthMonth), Circumstances: r.Circumstances,
		}
		if r.LastVisitOn.Year() > 1970 {
			elders[i].LastVisitOn = calendar.Date(r.LastVisitOn.Date())
		}
	}
	return elders, nil
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
