package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

// SupervisorOptions say how Supervise runs its child.
type SupervisorOptions struct {
	Command      []string      // argv of a process that calls Serve, e.g. {exe, "warehouse", "--data", dir, "--listen", "127.0.0.1:0"}; its address is overruled
	Env          []string      // more variables for the child, "NAME=value", beside this process's own
	Library      string        // path of libchdb; empty: see Locate. Looked for here, so that its absence is told at once
	Listen       string        // host:port on loopback; empty: 127.0.0.1 and a free port
	Logger       *slog.Logger  // nil: slog.Default(). Gets the child's standard error, scrubbed
	StartTimeout time.Duration // for the child to answer; 0: 60 s
	ProbeEvery   time.Duration // between two checks that the engine answers; 0: 2 s
	ProbeTimeout time.Duration // for one check, of which three in a row must fail for the child to be restarted; 0: 5 s
}

func (o SupervisorOptions) withDefaults() SupervisorOptions {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	o.StartTimeout = orElse(o.StartTimeout, time.Minute)
	o.ProbeEvery = orElse(o.ProbeEvery, 2*time.Second)
	o.ProbeTimeout = orElse(o.ProbeTimeout, 5*time.Second)
	return o
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d <= 0 {
		return otherwise
	}
	return d
}

// Supervisor keeps one child alive. It owns the listener, so that the address stays the same and connections wait, rather
// than being refused, while a child is replaced.
type Supervisor struct {
	options  SupervisorOptions
	listener *os.File // a duplicate for the children
	address  string
	password string
	probe    *http.Client

	stop  context.CancelFunc
	haste chan struct{} // closed when Close can wait no longer
	done  chan struct{}
}

// Supervise starts the child and waits until the engine answers. It fails with ErrEngineMissing, or with what the child
// said when it ended. The Supervisor must be closed; the child also ends with this process, however that ends.
func Supervise(ctx context.Context, o SupervisorOptions) (*Supervisor, error) {
	o = o.withDefaults()
	if len(o.Command) == 0 {
		return nil, errors.New("supervise warehouse: a command is needed")
	}
	library, err := Locate(o.Library)
	if err != nil {
		return nil, err
	}
	o.Library = library
	s := &Supervisor{options: o, password: rand.Text(), haste: make(chan struct{}), done: make(chan struct{}), probe: &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, // each probe meets the child of the moment
	}}
	if err := s.listen(ctx); err != nil {
		return nil, fmt.Errorf("supervise warehouse: %w", err)
	}
	first, err := s.start(ctx)
	if err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	run, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() {
		defer close(s.done)
		s.keep(run, first)
	}()
	return s, nil
}

func (s *Supervisor) listen(ctx context.Context) error {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return err
	}
	tcp, ok := l.(*net.TCPListener)
	if !ok {
		return errors.Join(errors.New("not a TCP listener"), l.Close())
	}
	s.address = l.Addr().String()
	s.listener, err = tcp.File()
	return errors.Join(err, l.Close()) // the duplicate keeps the port
}

// URL is the address of the warehouse for clickhouse.ParseDSN, http://default:password@host:port, the same for life. It
// holds the password: never log it.
func (s *Supervisor) URL() string {
	u := url.URL{Scheme: "http", User: url.UserPassword("default", s.password), Host: s.address}
	return u.String()
}

// Close stops the child, gently until ctx ends (at most 8 s), and waits for it to be gone. To be called once.
func (s *Supervisor) Close(ctx context.Context) error {
	s.stop()
	select {
	case <-s.done:
	case <-ctx.Done():
		close(s.haste)
		<-s.done
	}
	s.probe.CloseIdleConnections()
	return s.listener.Close()
}
