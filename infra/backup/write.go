package backup

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Copied says how the files of a backup came there, in files.
type Copied struct {
	Manifest Manifest
	Linked   int // hard links to the data or to an earlier backup
	Copied   int
	// SameDisk: some are links to the data itself, so that the loss of the disk takes both.
	SameDisk bool
}

// Write makes a backup of the snapshot in the new or empty directory to. What the newest whole backup beside it holds
// too is linked to that.
func Write(ctx context.Context, snapshot, to string, now time.Time) (Copied, error) {
	files, err := list(snapshot)
	if err != nil {
		return Copied{}, fmt.Errorf("read the snapshot: %w", err)
	}
	c := copier{from: snapshot, base: newest(filepath.Dir(filepath.Clean(to)))}
	c.done.Manifest = Manifest{Format: manifestFormat, MadeAt: now.UTC(), Files: files}
	err = into(to, func(partial string) error {
		c.to = partial
		return c.all(ctx, files)
	})
	if err != nil {
		return Copied{}, fmt.Errorf("make the backup: %w", err)
	}
	return c.done, nil
}

// newest answers the newest whole backup among the directories in dir, "" without any.
func newest(dir string) (path string) {
	var at time.Time
	entries, _ := os.ReadDir(dir) // without an answer nothing is linked
	for _, e := range entries {
		candidate := filepath.Join(dir, e.Name())
		if m, err := Read(candidate); err == nil && m.MadeAt.After(at) {
			path, at = candidate, m.MadeAt
		}
	}
	return path
}

type copier struct {
	from, to, base string
	done           Copied
}

func (c *copier) all(ctx context.Context, files []File) error {
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.FromSlash(f.Path)
		if err := os.MkdirAll(filepath.Dir(filepath.Join(c.to, path)), 0o700); err != nil {
			return err
		}
		if err := c.one(path); err != nil {
			return err
		}
	}
	b, err := json.MarshalIndent(c.done.Manifest, "", " ")
	if err != nil {
		return err
	}
	return writeSynced(filepath.Join(c.to, manifestName), bytes.NewReader(b))
}

func (c *copier) one(path string) error {
	from, to := filepath.Join(c.from, path), filepath.Join(c.to, path)
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	switch {
	case c.inBase(path, info) && os.Link(filepath.Join(c.base, path), to) == nil:
		c.done.Linked++
		return nil
	case isTable(path) && os.Link(from, to) == nil:
		c.done.Linked++
		c.done.SameDisk = true
		return nil
	}
	c.done.Copied++
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return errors.Join(writeSynced(to, in), os.Chtimes(to, info.ModTime(), info.ModTime()))
}

// isTable tells the files that are never changed once they are written.
func isTable(path string) bool { return filepath.Ext(path) == ".sst" }

// inBase reports whether the base holds this table: number, size and time of its writing are the same.
func (c *copier) inBase(path string, info fs.FileInfo) bool {
	if c.base == "" || !isTable(path) {
		return false
	}
	there, err := os.Stat(filepath.Join(c.base, path))
	return err == nil && there.Size() == info.Size() && there.ModTime().Equal(info.ModTime())
}
