package simulate

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// Form writes one record as a line, or nothing: Record.WriteEvent or Record.WriteCommand.
type Form func(r Record, out io.Writer) error

const (
	chunkSize = 2000 // records that are written at once
	lineBytes = 800  // more than most lines have
)

// encoded is a chunk that has been written.
type encoded struct {
	text  []byte
	lines int
	err   error
}

// Write writes records in their order, on as many processors as there are, and answers how many lines there are. Zipped
// writes gzip, a member for each chunk, which any reader takes for one file.
func Write(out io.Writer, records iter.Seq[Record], form Form, zipped bool) (lines int, err error) {
	queue := make(chan chan encoded, runtime.GOMAXPROCS(0)) // bounds what is in memory
	var failed atomic.Bool
	var group errgroup.Group
	group.Go(func() (err error) {
		for next := range queue {
			e := <-next
			if err != nil {
				continue
			}
			if err = e.err; err == nil {
				_, err = out.Write(e.text)
			}
			lines += e.lines
			failed.Store(err != nil)
		}
		return err
	})
	for records := range chunks(records) {
		if failed.Load() {
			break
		}
		next := make(chan encoded, 1)
		queue <- next
		go func() { next <- encode(records, form, zipped) }() // who reads next waits for it
	}
	close(queue)
	if err := group.Wait(); err != nil {
		return lines, fmt.Errorf("write the records: %w", err)
	}
	return lines, nil
}

func chunks(records iter.Seq[Record]) iter.Seq[[]Record] {
	return func(yield func([]Record) bool) {
		var chunk []Record
		for r := range records {
			if chunk = append(chunk, r); len(chunk) < chunkSize {
				continue
			}
			if !yield(chunk) {
				return
			}
			chunk = make([]Record, 0, chunkSize)
		}
		if len(chunk) > 0 {
			yield(chunk)
		}
	}
}

func encode(records []Record, form Form, zipped bool) encoded {
	var text bytes.Buffer
	text.Grow(len(records) * lineBytes)
	var out io.Writer = &text
	var zip *gzip.Writer
	if zipped {
		zip, _ = gzip.NewWriterLevel(&text, gzip.BestSpeed) // the level is a known one
		out = zip
	}
	count := &counter{out: out}
	for _, r := range records {
		if err := form(r, count); err != nil {
			return encoded{err: err}
		}
	}
	if zip != nil {
		if err := zip.Close(); err != nil {
			return encoded{err: err}
		}
	}
	return encoded{text: text.Bytes(), lines: count.writes}
}

// counter counts lines: a form writes each at once.
type counter struct {
	out    io.Writer
	writes int
}

func (c *counter) Write(b []byte) (int, error) {
	c.writes++
	return c.out.Write(b)
}
