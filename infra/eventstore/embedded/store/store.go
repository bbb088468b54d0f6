package store

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"
)

// Store is an open event log. Its methods may be called from any goroutine.
type Store struct {
	options Options
	ballast *ballast
	db      *pebble.DB
	lock    *pebble.Lock

	gate   sync.RWMutex // held for reading while a request is handed over
	closed bool
	queue  chan *request

	reading sync.RWMutex // held for reading while Pebble is read
	gone    bool

	metas   *metastreams
	visible atomic.Uint64 // the position up to which everything is durable and may be read
	tail    *tail

	scavenging sync.Mutex

	settled  chan struct{} // closed when every request is answered
	failOnce sync.Once
	failed   chan struct{}
	fatal    chan error
	cause    error // once failed is closed

	running sync.WaitGroup
	metrics *metrics
}

// Open opens or makes the store in o.Dir. It refuses a directory in use, of something else, or of a newer version.
func Open(o Options) (*Store, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	s := &Store{
		options: o, queue: make(chan *request, 4096), tail: newTail(),
		settled: make(chan struct{}), failed: make(chan struct{}), fatal: make(chan error, 1),
	}
	var err error
	if s.metrics, err = newMetrics(o.Registry, s); err != nil {
		return nil, err
	}
	q, w, err := s.start()
	if err != nil {
		s.metrics.unregister()
		return nil, err
	}
	groups := make(chan *group, 2)
	s.running.Go(func() { q.run(groups) })
	s.running.Go(func() { s.publish(groups) })
	s.running.Go(func() { s.watch(w) })
	return s, nil
}

func (s *Store) start() (q *sequencer, w *witness, err error) {
	err = s.unlessFailed(func() (err error) {
		if err = s.openDirectory(); err != nil {
			return err
		}
		if q, err = newSequencer(s); err == nil {
			w, err = callWitness(&s.options, s.Head())
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", s.options.Dir, err), s.closeDirectory())
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return q, w, nil
}

// unlessFailed runs f in Pebble, from which it does not return where the store fails.
func (s *Store) unlessFailed(f func() error) error {
	done := make(chan error, 1)
	go func() { done <- f() }()
	select {
	case err := <-done:
		return err
	case <-s.failed:
		return s.cause
	}
}

// Head is the position of the last durable event, 0 in an empty store.
func (s *Store) Head() uint64 { return s.visible.Load() }

// Err gets at most one error: the store cannot go on and acknowledges nothing more. The owner should close it and end.
func (s *Store) Err() <-chan error { return s.fatal }

// Failed is closed when the store cannot go on, as Err says why.
func (s *Store) Failed() <-chan struct{} { return s.failed }

func (s *Store) fail(err error) {
	s.failOnce.Do(func() {
		s.options.Logger.Error("event store: stopped acknowledging", "error", err)
		s.cause = fmt.Errorf("%w: %w", ErrFailed, err)
		s.fatal <- s.cause
		close(s.failed)
	})
}

func (s *Store) hasFailed() bool {
	select {
	case <-s.failed:
		return true
	default:
		return false
	}
}

// Close takes no more appends, finishes those it has, and closes Pebble. After a fatal error nothing is waited for, as
// it may never come, and Pebble is left as it is: the next start recovers what was acknowledged.
func (s *Store) Close(ctx context.Context) error {
	s.gate.Lock()
	again := s.closed
	s.closed = true
	s.gate.Unlock()
	if again {
		return nil
	}
	defer s.metrics.unregister()
	defer s.tail.wake()
	close(s.queue)
	if err := s.await(ctx); err != nil || s.hasFailed() {
		return err
	}
	s.tail.wake()
	s.reading.Lock()
	defer s.reading.Unlock()
	s.gone = true
	if err := s.unlessFailed(s.closeDirectory); err != nil {
		return fmt.Errorf("close the event store: %w", err)
	}
	return nil
}

// await waits until all requests are answered, or the store has failed.
func (s *Store) await(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		s.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-s.failed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close the event store: %w", ctx.Err())
	}
}

// read runs f while Pebble is sure to stay open. A store that has failed is not read: what rests in Pebble may hold a
// lock for ever.
func (s *Store) read(f func() error) error {
	s.reading.RLock()
	defer s.reading.RUnlock()
	switch {
	case s.gone:
		return ErrClosed
	case s.hasFailed():
		return ErrFailed
	}
	return f()
}

// get calls f with the value of key and reports whether there is one.
func get(db pebble.Reader, key []byte, f func(value []byte) error) (bool, error) {
	value, closer, err := db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, errors.Join(f(value), closer.Close())
}

// streamID answers 0 for a name that was never written to.
func streamID(db pebble.Reader, stream string) (id uint64, err error) {
	_, err = get(db, nameKey(stream), func(value []byte) error {
		if len(value) != 8 {
			return fmt.Errorf("the id of a stream is damaged: %w", errShape)
		}
		id = binary.BigEndian.Uint64(value)
		return nil
	})
	return id, err
}
