package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/careledger/careledger/domain/fault"
)

// ErrUnavailable is answered while the warehouse cannot be asked. Commands go on being accepted.
var ErrUnavailable = fault.New(fault.Unavailable, "warehouse-unavailable",
	"统计仓库暂时无法查询，正在自动恢复；登记不受影响，请稍后刷新。",
	"The warehouse cannot be asked just now and is coming back by itself; recording goes on, try again shortly.")

// Options: URL is clickhouse://…, http://… or https://… with user and password; Database is made if it is not there.
// Cluster is the name of a cluster in the configuration of the servers; empty: one server.
type Options struct {
	URL      string
	Database string
	Cluster  string
	Logger   *slog.Logger
}

// Warehouse is one set of facts and cells: a database of ClickHouse.
type Warehouse struct {
	conn     driver.Conn
	database string
	layout   layout
	epoch    uint32 // of the log; cells of another one are not answered
	logger   *slog.Logger
}

// Of is w for one epoch of the log: cells that were counted in another one are not answered.
func (w *Warehouse) Of(epoch int) *Warehouse {
	of := *w
	of.epoch = uint32(epoch)
	return &of
}

const (
	queryTimeout = 60 * time.Second
	probeTimeout = 5 * time.Second
)

// ClusterName is what a cluster may be called: nothing that would end a quoted name in a statement.
var ClusterName = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,100}$`)

// Open makes a client; nothing is asked yet.
func Open(o Options) (*Warehouse, error) {
	if !regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`).MatchString(o.Database) {
		return nil, fmt.Errorf("the warehouse's database name must be lower-case letters, digits and _")
	}
	if o.Cluster != "" && !ClusterName.MatchString(o.Cluster) {
		return nil, fmt.Errorf("the name of a ClickHouse cluster must be letters, digits, ., _ and -")
	}
	options, err := clickhouse.ParseDSN(o.URL)
	if err != nil {
		return nil, fmt.Errorf("the ClickHouse URL cannot be read: write clickhouse://, http:// or https://USER:PASSWORD@HOST:PORT")
	}
	options.DialTimeout = probeTimeout
	options.ReadTimeout = queryTimeout
	options.MaxOpenConns, options.MaxIdleConns = 8, 8
	options.ConnMaxLifetime = time.Hour
	if o.Cluster != "" {
		options.Settings = onCluster(options.Settings)
	}
	conn, err := clickhouse.Open(options)
	if err != nil {
		return nil, fmt.Errorf("connect to ClickHouse: %w", err)
	}
	return &Warehouse{conn: conn, database: o.Database, layout: layout{o.Cluster}, logger: o.Logger}, nil
}

// Set is another set of facts and cells behind the same connection, in a database of its own. The first is the one that was
// opened.
func (w *Warehouse) Set(number int) *Warehouse {
	if number <= 1 {
		return w
	}
	set := *w
	set.database = fmt.Sprintf("%s_set%d", w.database, number)
	return &set
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
	return translate(again(ctx, func() error { return w.conn.Exec(ctx, w.text(sql), args...) }))
}

func (w *Warehouse) read(ctx context.Context, into any, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return translate(again(ctx, func() error {
		reflect.ValueOf(into).Elem().SetZero() // what an answer began with that was then refused
		return w.conn.Select(ctx, into, w.text(sql), args...)
	}))
}

// one reads a single value.
func (w *Warehouse) one(ctx context.Context, into any, sql string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	return translate(again(ctx, func() error { return w.conn.QueryRow(ctx, w.text(sql), args...).Scan(into) }))
}

// translate marks every failure as unavailable: the questions are the product's own, so one that cannot be answered is
// never the asker's fault. The engine may be starting, gone, out of memory, or making its tables anew.
func translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	return fmt.Errorf("%w (%w)", ErrUnavailable, err)
}
