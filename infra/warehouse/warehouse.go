package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/freshness"
	"github.com/careledger/careledger/projections/indicators"
)

// ErrUnavailable is answered while the warehouse cannot be asked. Commands go on being accepted.
var ErrUnavailable = fault.New(fault.Unavailable, "warehouse-unavailable",
	"统计仓库暂时无法查询，正在自动恢复；登记不受影响，请稍后刷新。",
	"The warehouse cannot be asked just now and is coming back by itself; recording goes on, try again shortly.")

// Options: URL is clickhouse://…, http://… or https://… with user and password; Database is made if it is not there.
type Options struct {
	URL      string
	Database string
	Logger   *slog.Logger
}

// Warehouse is one set of facts and cells: a database of ClickHouse.
type Warehouse struct {
	conn     driver.Conn
	database string
	logger   *slog.Logger
}

const (
	queryTimeout = 60 * time.Second
	probeTimeout = 5 * time.Second
)

// Open makes a client; nothing is asked yet.
func Open(o Options) (*Warehouse, error) {
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`).MatchString(o.Database) {
		return nil, fmt.Errorf("the warehouse's database name must be lower-case letters, digits and _")
	}
	options, err := clickhouse.ParseDSN(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the ClickHouse URL cannot be read: write clickhouse://, http:// or https://USER:PASSWORD@HOST:PORT")
	}
	options.DialTimeout = probeTimeout
	options.ReadTimeout = queryTimeout
	options.MaxOpenConns, options.MaxIdleConns = 8, 8
	options.ConnMaxLifetime = time.Hour
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("connect to ClickHouse: %w", err)
	}
	return &Warehouse{conn: conn, database: o.Database, logger: o.Logger}, nil
}

// Set is another set of facts and cells behind the same connection, in a database of its own. The first is the one that was
// opened.
func (w *Warehouse) Set(number int) *Warehouse {
	if number <= 1 {
		return w
	}
	return &Warehouse{conn: w.conn, database: fmt.Sprintf("%s_set%d", w.database, number), logger: w.logger}
}

// Migrate makes the database and what is missing in it. It may run any number of times, by several at once.
func (w *Warehouse) Migrate(ctx context.Context) error {
	statements := []string{"CREATE DATABASE IF NOT EXISTS {db}"}
	for _, m := range facts.Migrations() {
		statements = append(statements, m.SQL...)
	}
	statements = append(statements, indicators.Tables()...)
	statements = append(statements, freshness.Tables()...)
	statements = append(statements, `CREATE TABLE IF NOT EXISTS {db}.progress (prefecture LowCardinality(String), term UInt64, epoch Int32,
		number UInt64, event_id UUID, commit UInt64, prepare UInt64, at DateTime64(6, 'UTC'))
		ENGINE = ReplacingMergeTree(number) ORDER BY (prefecture, term) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`)
	for _, s := range statements {
		if err := w.exec(ctx, s); err != nil {
			return fmt.Errorf("migrate the warehouse: %w", err)
		}
	}
	return nil
}

// Healthy asks for a one.
func (w *Warehouse) Healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return translate(w.conn.Ping(ctx))
}

// Purge makes the engine give back memory that it no longer uses.
func (w *Warehouse) Purge(ctx context.Context) error { return w.exec(ctx, "SYSTEM JEMALLOC PURGE") }

// Close ends the connections.
func (w *Warehouse) Close() error { return w.conn.Close() }

func (w *Warehouse) text(sql string) string { return strings.ReplaceAll(sql, "{db}", w.database) }

func (w *Warehouse) exec(ctx context.Context, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return translate(w.conn.Exec(ctx, w.text(sql), args...))
}

func (w *Warehouse) read(ctx context.Context, into any, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return translate(w.conn.Select(ctx, into, w.text(sql), args...))
}

// one reads a single value.
func (w *Warehouse) one(ctx context.Context, into any, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return translate(w.conn.QueryRow(ctx, w.text(sql), args...).Scan(into))
}

// translate marks every failure as unavailable: the questions are the product's own, so one that cannot be answered is
// never the asker's fault. The engine may be starting, gone, out of memory, or making its tables anew.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrUnavailable, err)
}
