package main

import (
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fault is what a network does to those who use it.
type fault int

const (
	none  fault = iota
	cut         // connections are closed, and none is taken
	hangs       // connections stay, and nothing comes through
	slow        // a little at a time
)

func (f fault) String() string { return [...]string{"mended", "cut", "hanging", "slow"}[f] }

// proxy is the network between one process and one engine.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	fault fault
	both  map[net.Conn]struct{}
	open  sync.WaitGroup
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: l, target: target, both: map[net.Conn]struct{}{}}
	p.open.Go(p.accept)
	t.Cleanup(func() {
		_ = l.Close()
		p.set(cut)
		p.open.Wait()
	})
	return p
}

func (p *proxy) addr() string { return p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		from, err := p.listener.Accept()
		if err != nil {
			return
		}
		to, err := net.DialTimeout("tcp", p.target, time.Second)
		if err != nil {
			_ = from.Close() // nobody is there
			continue
		}
		if !p.keep(from, to) {
			continue
		}
		p.open.Go(func() { p.carry(from, to) })
		p.open.Go(func() { p.carry(to, from) })
	}
}

func (p *proxy) keep(a, b net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == cut {
		_, _ = a.Close(), b.Close()
		return false
	}
	p.both[a], p.both[b] = struct{}{}, struct{}{}
	return true
}

func (p *proxy) set(f fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	if f == cut {
		for c := range p.both {
			_ = c.Close() // its carriers end
		}
		clear(p.both)
	}
}

// through waits as the network has it, and reports whether the connection still is.
func (p *proxy) through(c net.Conn) bool {
	for {
		p.mu.Lock()
		f := p.fault
		_, open := p.both[c]
		p.mu.Unlock()
		switch {
		case !open || f == none:
			return open
		case f == slow:
			time.Sleep(40 * time.Millisecond)
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func (p *proxy) carry(from, to net.Conn) {
	defer func() {
		_, _ = from.Close(), to.Close() // the other carrier ends too
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.both, from)
	}()
	b := make([]byte, 16<<10)
	for {
		n, err := from.Read(b)
		if n > 0 && p.through(from) {
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		} else if n > 0 {
			return
		}
		if err != nil {
			return
		}
	}
}
