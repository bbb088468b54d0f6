package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/careledger/careledger/domain/alert"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/ledger"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/projection"
	"github.com/careledger/careledger/domain/publication"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
	"github.com/careledger/careledger/infra/backup"
	"github.com/careledger/careledger/infra/bus"
	busserver "github.com/careledger/careledger/infra/bus/embedded"
	"github.com/careledger/careledger/infra/eventstore"
	storeserver "github.com/careledger/careledger/infra/eventstore/embedded"
	"github.com/careledger/careledger/infra/warehouse"
	warehouseserver "github.com/careledger/careledger/infra/warehouse/embedded"
)

const loopback = "127.0.0.1:0"

// engines are the log, the bus and the warehouse: embedded where no URL is given, and always spoken to by their
// official clients.
type engines struct {
	storeServer *storeserver.Server
	busServer   *busserver.Server
	child       *warehouseserver.Supervisor

	log       *eventstore.Log
	bus       *bus.Bus
	warehouse *warehouse.Warehouse
	codec     *event.Codec

	publishing func(event.Recorded) func(error) // see bus.Options
}

// Codec knows every event that a ledger may hold.
func Codec() (*event.Codec, error) {
	return event.NewCodec(ledger.Types(), elder.Types(), institution.Types(), retrofit.Types(), childcare.Types(), child.Types(),
		unit.Types(), standing.Types(), person.Types(), figure.Types(), alert.Types(), projection.Types(), plan.Types(), publication.Types())
}

// open opens what this process's roles need, the warehouse beside the rest.
func (e *engines) open(ctx context.Context, o Options) error {
	var err error
	if e.codec = o.Codec; e.codec == nil {
		if e.codec, err = Codec(); err != nil {
			return err
		}
	}
	opened := make(chan error, 1)
	go func() { opened <- e.openWarehouse(ctx, o) }()
	err = errors.Join(e.openLog(ctx, o), e.openBus(ctx, o))
	if err = errors.Join(err, <-opened); err != nil {
		return err
	}
	e.warehouse = e.warehouse.Of(e.log.Epoch())
	return nil
}

func (e *engines) openLog(ctx context.Context, o Options) error {
	url := o.EventStore
	if url == "" {
		var err error
		e.storeServer, err = storeserver.Open(storeserver.Options{
			Dir: o.below(eventsDir), Listen: loopback, Logger: o.Logger.With("part", "eventstore"), Registry: o.Registry, Now: o.Now, Lean: true,
			ScavengeEvery: o.ScavengeEvery,
		})
		if err != nil {
			return fmt.Errorf("open the log: %w", err)
		}
		url = e.storeServer.URL()
	}
	var err error
	e.log, err = eventstore.Open(ctx, eventstore.Options{URL: url, Codec: e.codec, Logger: o.Logger.With("part", "log"), Now: o.Now})
	if err != nil {
		return fmt.Errorf("reach the log: %w", err)
	}
	return nil
}

func (e *engines) openBus(ctx context.Context, o Options) error {
	url := o.NATS
	if url == "" {
		var err error
		e.busServer, err = busserver.Open(busserver.Options{Dir: o.below("bus"), Listen: loopback, Logger: o.Logger.With("part", "nats")})
		if err != nil {
			return fmt.Errorf("open the bus: %w", err)
		}
		url = e.busServer.URL()
	}
	var err error
	e.bus, err = bus.Connect(ctx, bus.Options{
		URL: url, Codec: e.codec, Mismatch: mismatch, Logger: o.Logger.With("part", "bus"), Registry: o.Registry,
		Publishing: e.publishing,
	})
	if err != nil {
		return fmt.Errorf("reach the bus: %w", err)
	}
	if o.NATS != "" && errors.Is(e.bus.Healthy(ctx), bus.ErrUnavailable) {
		o.Logger.Warn("the server of --nats does not answer: recording goes on and the numbers follow the log; start it, or correct the URL / --nats 指定的 NATS 没有响应：记账与统计照常，请启动它或改正地址")
	}
	return nil
}

func (e *engines) openWarehouse(ctx context.Context, o Options) error {
	url := o.ClickHouse
	if url == "" {
		command := append([]string{}, o.WarehouseCommand...)
		var err error
		e.child, err = warehouseserver.Supervise(ctx, warehouseserver.SupervisorOptions{
			Command: append(command, "--data", o.below("warehouse")), Env: o.WarehouseEnv, Logger: o.Logger.With("part", "warehouse"),
		})
		if err != nil {
			return fmt.Errorf("open the warehouse: %w", err)
		}
		url = e.child.URL()
	}
	var err error
	e.warehouse, err = warehouse.Open(warehouse.Options{
		URL: url, Database: o.Database, Cluster: o.ClickHouseCluster, Logger: o.Logger.With("part", "warehouse"),
	})
	return err
}

// close ends clients before servers.
func (e *engines) close(ctx context.Context) error {
	var all []error
	if e.warehouse != nil {
		all = append(all, e.warehouse.Close())
	}
	if e.bus != nil {
		e.bus.Close()
	}
	if e.log != nil {
		all = append(all, e.log.Close())
	}
	if e.child != nil {
		all = append(all, e.child.Close(ctx))
	}
	if e.busServer != nil {
		all = append(all, e.busServer.Close(ctx))
	}
	if e.storeServer != nil {
		all = append(all, e.storeServer.Close(ctx))
	}
	return errors.Join(all...)
}

// failed tells of the log's end: nothing can be acknowledged after it.
func (e *engines) failed() <-chan error {
	if e.storeServer == nil {
		return nil
	}
	return e.storeServer.Err()
}

// What of a data directory is the truth: the log, the keys, and the version of their layout.
const (
	eventsDir   = "events"
	vaultDir    = "vault"
	versionFile = "VERSION"
)

const currentVersion = "careledger data 1\n"

// version refuses a data directory that another version of the layout wrote, and marks a new one.
func version(dir string) error {
	path := filepath.Join(dir, versionFile)
	if err := CheckVersion(dir); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return os.WriteFile(path, []byte(currentVersion), 0o600)
}

// CheckVersion refuses a data directory that another version of the layout wrote. os.ErrNotExist: nobody has yet.
func CheckVersion(dir string) error {
	if err := backup.Finished(dir); err != nil {
		return err
	}
	path := filepath.Join(dir, versionFile)
	b, err := os.ReadFile(path)
	switch {
	case err != nil:
		return fmt.Errorf("read %s: %w", path, err)
	case string(b) != currentVersion:
		return fmt.Errorf("%s was written by another version of careledger: use that version, or another --data / 数据目录由其他版本写成，请使用该版本或另选 --data", dir)
	}
	return nil
}

// mismatch reports whether an error says that a checkpoint is not of this log.
func mismatch(err error) bool { return errors.Is(err, eventstore.ErrCheckpoint) }
