package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options say how Serve runs the engine.
type Options struct {
	Dir              string            // data directory; made when missing. It can always be deleted: the ledger is the truth
	Listen           string            // host:port; port 0 picks one. A host beyond loopback needs a Password
	Library          string            // path of libchdb; empty: see Locate
	Password         string            // of user "default"; empty: local programs need none
	MemoryLimitBytes int64             // that all statements together may hold; 0: 1 GB; less than 300 MB is refused. The process idles at 210-250 MB and may pass the limit by a third for a moment
	Logger           *slog.Logger      // nil: slog.Default(). Never sees statements
	Ready            func(addr string) // called once, when requests are served, with the host:port listened on
}

// Validate joins everything that is wrong with o.
func (o Options) Validate() error {
	var errs []error
	if o.Dir == "" {
		errs = append(errs, errors.New("warehouse: a data directory is needed"))
	}
	if o.MemoryLimitBytes != 0 && o.MemoryLimitBytes < minimumMemoryBytes {
		errs = append(errs, fmt.Errorf("warehouse: a memory limit below %d bytes is too small for the engine", minimumMemoryBytes))
	}
	host, _, err := net.SplitHostPort(o.Listen)
	switch {
	case err != nil:
		errs = append(errs, fmt.Errorf("warehouse: listen address: %w", err))
	case o.Password == "" && !isLocal(host):
		errs = append(errs, hint(ErrPasswordNeeded, o.Listen, nil))
	}
	return errors.Join(errs...)
}

const (
	drainTime   = 5 * time.Second // for statements to finish when ctx ends
	stopTime    = 3 * time.Second // more, for them to be stopped
	headerTime  = 10 * time.Second
	idleTime    = 2 * time.Minute
	headerBytes = 8 << 20 // bound parameters travel in the URL
)

// Serve runs the engine in this process behind ClickHouse's HTTP interface until ctx ends; then it lets statements finish
// for 5 s, stops them and answers nil. In a child that Supervise has started it also ends with its parent, and takes
// address and password from it. It fails with ErrEngineMissing, ErrEngineForeign, ErrInUse, ErrPasswordNeeded or
// ErrDirectoryGone, or with the engine's own error. A process can call it for one directory only.
func Serve(ctx context.Context, o Options) error {
	parent, err := adopt(&o)
	if err != nil {
		return err
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MemoryLimitBytes == 0 {
		o.MemoryLimitBytes = defaultMemoryBytes
	}
	path, err := Locate(o.Library)
	if err != nil {
		return err
	}
	lib, err := load(path)
	if err != nil {
		return err
	}
	return serve(ctx, o, lib, parent)
}

func serve(ctx context.Context, o Options, lib *binding, parent *inheritance) (err error) {
	dir, err := openDirectory(ctx, o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.close()) }()
	engine, err := openEngine(lib, dir.path, o.MemoryLimitBytes)
	if err != nil {
		return err
	}
	listener, err := parent.listen(ctx, o.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", o.Listen, err), engine.close(ctx))
	}
	statements, stopStatements := context.WithCancel(context.WithoutCancel(ctx))
	defer stopStatements()
	server := &http.Server{
		Handler:           &handler{engine: engine, log: o.Logger, guard: guard{o.Password}},
		BaseContext:       func(net.Listener) context.Context { return statements },
		ReadHeaderTimeout: headerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return dir.watch(ctx) })
	group.Go(func() error { return parent.watch(ctx) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve warehouse: %w", err)
		}
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		return shutdown(server, stopStatements, engine)
	})
	o.Logger.Info("warehouse ready", "address", listener.Addr().String(), "engine", lib.version())
	if o.Ready != nil {
		o.Ready(listener.Addr().String())
	}
	if err := group.Wait(); !errors.Is(err, errParentGone) {
		return err
	}
	return nil
}

// shutdown lets statements finish, then stops them, then closes the engine.
func shutdown(server *http.Server, stopStatements context.CancelFunc, e *engine) error {
	drain, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	err := server.Shutdown(drain)
	stopStatements()
	stop, cancelStop := context.WithTimeout(context.Background(), stopTime)
	defer cancelStop()
	if err != nil { // statements ran on; they are being stopped now
		err = server.Shutdown(stop)
	}
	return errors.Join(err, server.Close(), e.close(stop))
}
