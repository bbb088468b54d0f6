package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"github.com/careledger/careledger/projections/freshness"
)

// AreasHeard answers the newest record of each area of a prefecture.
func (w *Warehouse) AreasHeard(ctx context.Context, prefecture string) ([]freshness.AreaHeard, error) {
	var rows []struct {
		Area       string    `ch:"area"`
		RecordedAt time.Time `ch:"recorded_at"`
		ReceivedAt time.Time `ch:"received_at"`
	}
	if err := w.read(ctx, &rows, freshness.AreasSQL, clickhouse.Named("prefecture", prefecture)); err != nil {
		return nil, fmt.Errorf("read what was heard of areas: %w", err)
	}
	heard := make([]freshness.AreaHeard, len(rows))
	for i, r := range rows {
		heard[i] = freshness.AreaHeard{Area: r.Area, Heard: freshness.Heard{RecordedAt: r.RecordedAt.UTC(), ReceivedAt: r.ReceivedAt.UTC()}}
	}
	return heard, nil
}

// DevicesHeard answers the newest record of each device of a prefecture that recorded after an instant.
func (w *Warehouse) DevicesHeard(ctx context.Context, prefecture string, since time.Time) ([]freshness.DeviceHeard, error) {
	var rows []struct {
		Device     string    `ch:"device"`
		RecordedAt time.Time `ch:"recorded_at"`
		ReceivedAt time.Time `ch:"received_at"`
		Area       string    `ch:"area"`
		Areas      []string  `ch:"areas"`
	}
	err := w.read(ctx, &rows, freshness.DevicesSQL, clickhouse.Named("prefecture", prefecture), clickhouse.Named("since", since.UnixMicro()))
	if err != nil {
		return nil, fmt.Errorf("read what was heard of devices: %w", err)
	}
	heard := make([]freshness.DeviceHeard, len(rows))
	for i, r := range rows {
		heard[i] = freshness.DeviceHeard{
			Device: r.Device, Area: r.Area, Areas: r.Areas, Heard: freshness.Heard{RecordedAt: r.RecordedAt.UTC(), ReceivedAt: r.ReceivedAt.UTC()},
		}
	}
	return heard, nil
}
