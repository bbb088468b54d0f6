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

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
	steadyAfter  = 30 * time.Second // a child that lived so long was not broken from the start
)

// keep replaces the child whenever it ends or stops answering, until ctx ends.
func (s *Supervisor) keep(ctx context.Context, c *child) {
	pause := firstPause
	for {
		began := time.Now()
		if c != nil {
			s.attend(ctx, c)
		}
		if ctx.Err() != nil {
			return
		}
		if c != nil && time.Since(began) > steadyAfter {
			pause = firstPause
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, longestPause)
		var err error
		if c, err = s.start(ctx); err != nil && ctx.Err() == nil {
			s.options.Logger.Error("warehouse did not start", "error", err, "again_in", pause)
		}
	}
}

const failuresToRestart = 3

// attend returns when c has ended: by itself, because ctx ended, or because it no longer answered.
func (s *Supervisor) attend(ctx context.Context, c *child) {
	tick := time.NewTicker(s.options.ProbeEvery)
	defer tick.Stop()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			c.stop(drainTime+stopTime, s.haste)
			return
		case <-c.gone:
			s.options.Logger.Warn("warehouse ended", "how", c.how())
			return
		case <-tick.C:
			if s.answers(ctx, s.options.ProbeTimeout) {
				failures = 0
				continue
			}
			if failures++; failures == failuresToRestart && ctx.Err() == nil {
				s.options.Logger.Error("warehouse does not answer and is restarted")
				c.kill()
			}
		}
	}
}

// answers reports whether the engine says that it is well.
func (s *Supervisor) answers(ctx context.Context, within time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.address+"/ping", nil)
	if err != nil {
		return false
	}
	response, err := s.probe.Do(r)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// start starts a child and waits until it answers.
func (s *Supervisor) start(ctx context.Context) (*child, error) {
	c, err := startChild(s.options, s.listener, s.password)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.StartTimeout)
	defer cancel()
	const again = 20 * time.Millisecond
	for !s.answers(ctx, time.Second) {
		select {
		case <-c.gone:
			return nil, fmt.Errorf("start warehouse: %s", c.how())
		case <-ctx.Done():
			c.kill()
			return nil, fmt.Errorf("start warehouse: no answer: %w", ctx.Err())
		case <-time.After(again):
		}
	}
	return c, nil
}
