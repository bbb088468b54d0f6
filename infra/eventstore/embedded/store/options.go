package store

import (
	"errors"
	"log/slog"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/prometheus/client_golang/prometheus"
)

// DefaultReserve is the free disk space below which appends are refused unless Options says otherwise. Between two
// looks at it, at most eight log files are begun (18 MiB each, set aside at once) and 48 MiB written to tables; the
// rest is for compactions, which fail and are tried again where it is not enough. Less than 256 MiB may be overrun.
const DefaultReserve = 512 << 20

// Options of a store. Dir is needed; all else may be zero.
type Options struct {
	// Dir is the data directory, made if missing.
	Dir string
	// ExistingOnly refuses a directory without a store instead of making one.
	ExistingOnly bool
	// FS is where Dir lies; nil: the operating system's file system.
	FS vfs.FS
	// Logger gets what an operator should know; nil: nothing is logged.
	Logger *slog.Logger
	// Registry gets the store's metrics; nil: none.
	Registry prometheus.Registerer
	// Now is the clock that stamps events and judges $maxAge; nil: time.Now.
	Now func() time.Time
	// ReserveBytes is the free space below which appends are refused; 0: DefaultReserve.
	ReserveBytes uint64
	// FreeSpace answers the free bytes of the disk that holds dir; nil: asks the file system.
	FreeSpace func(dir string) (uint64, error)
	// Lean keeps smaller tables in memory (about 50 MB less at rest after a load), for a store that shares its process
	// with other work. They are written out more often.
	Lean bool

	memTable      uint64        // bytes; tests make it small, so that little is enough to flush and compact
	witnessEvery  time.Duration // tests make both short
	stallPatience time.Duration
}

func (o *Options) complete() error {
	if o.Dir == "" {
		return errors.New("the event store needs a data directory")
	}
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ReserveBytes == 0 {
		o.ReserveBytes = DefaultReserve
	}
	if o.memTable == 0 {
		o.memTable = memTableBytes
		if o.Lean {
			o.memTable = leanTableBytes
		}
	}
	if o.witnessEvery == 0 {
		o.witnessEvery = witnessEvery
	}
	if o.stallPatience == 0 {
		o.stallPatience = stallPatience
	}
	if o.FreeSpace == nil {
		fs := o.FS
		o.FreeSpace = func(dir string) (uint64, error) {
			usage, err := fs.GetDiskUsage(dir)
			return usage.AvailBytes, err
		}
	}
	return nil
}
