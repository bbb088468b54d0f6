package blobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ErrHash is answered for content that is not what its hash says.
var ErrHash = errors.New("the content does not have this hash")

// Dir is a directory of contents. It is made with the first one.
type Dir struct{ path string }

// In names the directory.
func In(path string) Dir { return Dir{path} }

// Put keeps content by its SHA-256 in hex. It is durable when this returns nil; what is cut off leaves nothing by that name.
func (d Dir) Put(hash string, content []byte) error {
	if !has(content, hash) {
		return ErrHash
	}
	if _, there := d.Get(hash); there {
		return nil
	}
	if err := d.make(); err != nil {
		return fmt.Errorf("make the directory of contents: %w", err)
	}
	f, err := os.CreateTemp(d.path, ".new-*")
	if err != nil {
		return fmt.Errorf("keep a content: %w", err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), d.file(hash))
	}
	if err != nil {
		return errors.Join(fmt.Errorf("keep a content: %w", err), os.Remove(f.Name()))
	}
	return sync(d.path)
}

// Get answers the content of a hash, nothing where it is not there or is damaged.
func (d Dir) Get(hash string) ([]byte, bool) {
	content, err := os.ReadFile(d.file(hash))
	if err != nil || !has(content, hash) {
		return nil, false
	}
	return content, true
}

func (d Dir) make() error {
	if _, err := os.Stat(d.path); err == nil {
		return nil
	}
	if err := os.MkdirAll(d.path, 0o700); err != nil {
		return err
	}
	return sync(filepath.Dir(d.path))
}

func (d Dir) file(hash string) string { return filepath.Join(d.path, filepath.Base(hash)) }

func has(content []byte, hash string) bool {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:]) == hash
}

func sync(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// Snapshot links the contents to a new directory on the same disk; without any it makes none. A content never changes.
func (d Dir) Snapshot(to string) error {
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = os.Mkdir(to, 0o700)
	}
	for _, e := range entries {
		if err == nil && !strings.HasPrefix(e.Name(), ".") {
			err = os.Link(filepath.Join(d.path, e.Name()), filepath.Join(to, e.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("write a snapshot of the contents: %w", err)
	}
	return nil
}
