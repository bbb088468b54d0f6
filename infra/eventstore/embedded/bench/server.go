package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
)

// server is the event store as a process of its own, and a client of it.
type server struct {
	dir     string
	opened  time.Duration // from the start of the process until it served
	process *exec.Cmd
	client  *esdb.Client
}

const patience = time.Minute // for what should take a moment

// startServer runs `careledger eventstore` on dir.
func (b *bench) startServer(ctx context.Context, dir string) (*server, error) {
	s := &server{dir: dir}
	s.process = exec.CommandContext(ctx, b.binary, "eventstore", "--data", dir, "--listen", "127.0.0.1:0")
	s.process.Env = append(os.Environ(), b.profile.environment()...)
	s.process.Cancel = func() error { return s.process.Process.Signal(syscall.SIGTERM) }
	s.process.WaitDelay = patience
	s.process.Stderr = os.Stderr
	out, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := time.Now()
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("start the event store: %w", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	s.opened = time.Since(started)
	url, found := strings.CutPrefix(strings.TrimSpace(line), "event store on ")
	if err != nil || !found {
		return nil, errors.Join(fmt.Errorf("the event store did not start: %q", line), err, s.kill())
	}
	if s.client, err = dial(url); err != nil {
		return nil, errors.Join(err, s.kill())
	}
	return s, nil
}

func dial(url string) (*esdb.Client, error) {
	c, err := esdb.ParseConnectionString(url)
	if err != nil {
		return nil, fmt.Errorf("read the event store's URL: %w", err)
	}
	c.Logger = func(esdb.LogLevel, string, ...any) {}
	return esdb.NewClient(c)
}

// stop ends the server as an operator does.
func (s *server) stop() error {
	if s.client != nil {
		_ = s.client.Close() // nothing is under way, and the server ends in any case
	}
	return s.end(syscall.SIGTERM)
}

// kill ends it as a crash does. Its client is left open, for those who use it.
func (s *server) kill() error { return s.end(syscall.SIGKILL) }

func (s *server) end(how syscall.Signal) error {
	err := s.process.Process.Signal(how)
	_ = s.process.Wait() // its exit code does not matter here
	return err
}

// memory is the resident memory of the server, in bytes.
func (s *server) memory() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.pid()))
	if f := strings.Fields(string(b)); err == nil && len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		return pages * int64(os.Getpagesize())
	}
	return 0
}

// diskUsage is what the files below dir take up on the disk, in bytes.
func diskUsage(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // compacted away meanwhile
		}
		if err != nil {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if stat, ok := info.Sys().(*syscall.Stat_t); ok {
			total += stat.Blocks * 512
		}
		return nil
	})
	return total, err
}

func (s *server) pid() int { return s.process.Process.Pid }

// writer appends to our server.
func (s *server) writer(context.Context) (writer, error) { return esdbWriter{s.client}, nil }

type esdbWriter struct{ client *esdb.Client }

func (esdbWriter) Close() error { return nil } // all writers share the client

func (w esdbWriter) append(ctx context.Context, stream string, expected int64, events ...event) error {
	var revision esdb.ExpectedRevision = esdb.NoStream{}
	if expected >= 0 {
		revision = esdb.Revision(uint64(expected))
	}
	data := make([]esdb.EventData, len(events))
	for i, e := range events {
		data[i] = esdb.EventData{EventID: e.id, EventType: eventType, ContentType: esdb.ContentTypeJson, Data: e.data, Metadata: e.metadata}
	}
	_, err := w.client.AppendToStream(ctx, stream, esdb.AppendToStreamOptions{ExpectedRevision: revision}, data...)
	return err
}

// read receives the events of a read until its end and answers how many there were.
func read(reading *esdb.ReadStream, err error) (n int, _ error) {
	if err != nil {
		return 0, err
	}
	defer reading.Close()
	for {
		if _, err := reading.Recv(); errors.Is(err, io.EOF) {
			return n, nil
		} else if err != nil {
			return n, err
		}
		n++
	}
}
