package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"syscall"
	"time"

	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// profile has this program take the place of careledger's eventstore command, whose options it uses, so that CPU
// profiles can be taken of server and client without a way to do so in the product.
type profile struct {
	dir  string
	stop func() error
}

const profileVariable = "CAREL_BENCH_PROFILE"

func (p profile) environment() []string {
	if p.dir == "" {
		return nil
	}
	return []string{profileVariable + "=" + p.dir}
}

// begin profiles the client, and lets b start this program as the server.
func (p *profile) begin(b *bench) (err error) {
	if p.dir == "" {
		return nil
	}
	if b.binary, err = os.Executable(); err != nil {
		return err
	}
	p.stop, err = startProfile(filepath.Join(p.dir, "client"))
	return err
}

func (p *profile) end() error {
	if p.stop == nil {
		return nil
	}
	return p.stop()
}

// serveProfiled serves where this process was started to, with the arguments of the eventstore command.
func serveProfiled() (bool, error) {
	dir := os.Getenv(profileVariable)
	if dir == "" || len(os.Args) < 6 || os.Args[1] != "eventstore" {
		return false, nil
	}
	data, listen := os.Args[3], os.Args[5]
	name := filepath.Join(dir, "server-"+filepath.Base(data)+"-"+time.Now().Format("150405.000"))
	stop, err := startProfile(name)
	if err != nil {
		return true, err
	}
	return true, errors.Join(serve(data, listen), stop())
}

func startProfile(name string) (stop func() error, err error) {
	f, err := os.Create(name + ".cpu")
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() error {
		pprof.StopCPUProfile()
		heap, err := os.Create(name + ".heap")
		if err != nil {
			return err
		}
		return errors.Join(f.Close(), pprof.Lookup("allocs").WriteTo(heap, 0), heap.Close())
	}, nil
}

func serve(data, listen string) error {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	embedded.BoundMemory()
	s, err := embedded.Open(embedded.Options{Dir: data, Listen: listen, Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)), Now: time.Now})
	if err != nil {
		return err
	}
	fmt.Printf("event store on %s\n", s.URL())
	var failed error
	select {
	case <-ctx.Done():
	case failed = <-s.Err():
	}
	drain, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	return errors.Join(failed, s.Close(drain))
}
