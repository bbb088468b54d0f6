package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/telemetry"
	"github.com/careledger/careledger/infra/warehouse"
)

// Role is a part of the work that a process takes on.
type Role string

// The roles; a process has all of them unless told otherwise.
const (
	API       Role = "api"       // commands, questions, the page; adopts the plan, closes days; needs the vault
	Relay     Role = "relay"     // publishes the log on the bus, settles reservations that hang
	Projector Role = "projector" // keeps facts and cells
	Alerts    Role = "alerts"    // judges cells, tells the webhook
)

// Roles lists all roles.
func Roles() []Role { return []Role{API, Relay, Projector, Alerts} }

// Options of one process. An empty EventStore, NATS or ClickHouse URL means the embedded engine below Dir.
type Options struct {
	Dir        string
	Listen     string
	Roles      []Role
	EventStore string
	NATS       string
	ClickHouse string
	// ClickHouseCluster is the cluster, of those that ClickHouse's servers know, that tables are laid out on; empty: one server.
	ClickHouseCluster string

	Database   string
	Plan       string  // a plan file; empty: the embedded plan of Wenshan
	Areas      string  // an area table; empty: the embedded one of Wenshan
	Webhook    string  // posts alerts there
	OTLP       string  // sends traces there, over OTLP/HTTP; empty: nowhere
	OTLPSample float64 // the share of requests without a traceparent that is traced, in [0,1]
	AdminToken string  // presets the first administrator's token
	// ScavengeEvery is the time from one scavenge of the embedded event store to the next; 0: never by itself.
	ScavengeEvery time.Duration

	// WarehouseCommand is the argv that runs the warehouse child: `careledger warehouse` of this executable.
	WarehouseCommand []string
	WarehouseEnv     []string

	// Codec is what this process reads of the log; nil: every event that this build knows.
	Codec *event.Codec

	Now      func() time.Time
	Logger   *slog.Logger
	Registry *prometheus.Registry
}

// Validate answers everything that is wrong at once.
func (o Options) Validate() error {
	var all []error
	if o.Dir == "" {
		all = append(all, errors.New("--data: name a directory / 请指定数据目录"))
	}
	if _, _, err := net.SplitHostPort(o.Listen); o.has(API) && err != nil {
		all = append(all, errors.New("--listen: write HOST:PORT, e.g. 127.0.0.1:8080 / 请写成 主机:端口"))
	}
	if len(o.Roles) == 0 {
		all = append(all, errors.New("--roles: name at least one of api, relay, projector, alerts / 请至少指定一个角色"))
	}
	for _, r := range o.Roles {
		if !slices.Contains(Roles(), r) {
			all = append(all, fmt.Errorf("--roles: %q is none of api, relay, projector, alerts / 未知角色", r))
		}
	}
	for _, u := range []struct{ flag, url, form string }{
		{"--eventstore", o.EventStore, "esdb"}, {"--nats", o.NATS, "nats,tls,ws,wss"}, {"--clickhouse", o.ClickHouse, "clickhouse,http,https"},
		{"--webhook", o.Webhook, "http,https"},
	} {
		if u.url != "" && !hasScheme(u.url, u.form) {
			all = append(all, fmt.Errorf("%s: the URL must begin with %s:// / 地址格式不对", u.flag, strings.ReplaceAll(u.form, ",", ":// or ")))
		}
	}
	switch cluster := o.ClickHouseCluster; {
	case cluster != "" && o.ClickHouse == "":
		all = append(all, errors.New("--clickhouse-cluster: the embedded engine is one server; give --clickhouse as well / 内嵌引擎只有一台服务器，请同时指定 --clickhouse"))
	case cluster != "" && !warehouse.ClusterName.MatchString(cluster):
		all = append(all, errors.New("--clickhouse-cluster: write the cluster's name in letters, digits, ., _ and - / 集群名只能含字母、数字、.、_ 和 -"))
	}
	if err := telemetry.Check(o.OTLP); o.OTLP != "" && err != nil {
		all = append(all, fmt.Errorf("--otlp: %w", err))
	}
	if !(o.OTLPSample >= 0 && o.OTLPSample <= 1) { // not a number neither
		all = append(all, errors.New("--otlp-sample: write a share from 0 to 1, e.g. 0.05 / 请写 0 到 1 之间的比例，例如 0.05"))
	}
	return errors.Join(all...)
}

func hasScheme(url, schemes string) bool {
	for s := range strings.SplitSeq(schemes, ",") {
		if strings.HasPrefix(url, s+"://") || s == "esdb" && strings.HasPrefix(url, "esdb+discover://") {
			return true
		}
	}
	return false
}

func (o Options) has(r Role) bool { return slices.Contains(o.Roles, r) }

// prepare makes the data directory and finds out whether it can be written.
func (o Options) prepare() error {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("the data directory %s cannot be made: choose another with --data, or give this user the right to write there / 无法创建数据目录，请用 --data 另选或授予写权限 (%w)", o.Dir, err)
	}
	probe, err := os.CreateTemp(o.Dir, ".probe-*")
	if err != nil {
		return fmt.Errorf("the data directory %s cannot be written: give this user the right to write there, or choose another with --data / 数据目录不可写，请授予写权限，或用 --data 另选 (%w)", o.Dir, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (o Options) below(part string) string { return filepath.Join(o.Dir, part) }
