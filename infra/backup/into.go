package backup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// partialName is where files lie until all of them are there.
const partialName = ".partial"

// ErrUnfinished says that a backup or restore into a directory was cut off.
var ErrUnfinished = errors.New("a restore into this directory was cut off: empty the directory and restore again / 该目录的恢复曾中断，请清空目录后重新恢复")

// Finished answers ErrUnfinished where Restore was cut off before all files were in their place.
func Finished(dir string) error {
	if _, err := os.Lstat(filepath.Join(dir, partialName)); err == nil {
		return fmt.Errorf("%s: %w", dir, ErrUnfinished)
	}
	return nil
}

// into fills the new or empty directory to. What fill writes gets into its place when it is whole and synced, the
// manifest last; the place itself may be a mounted disk.
func into(to string, fill func(partial string) error) error {
	if err := vacant(to); err != nil {
		return err
	}
	if err := os.Mkdir(to, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("make the target directory: make the one above it first, or mount its disk / 无法创建目标目录，请先创建上级目录或挂载磁盘: %w", err)
	}
	partial := filepath.Join(to, partialName)
	if err := errors.Join(os.RemoveAll(partial), os.Mkdir(partial, 0o700)); err != nil {
		return err
	}
	err := fill(partial)
	if err == nil {
		err = syncTree(partial)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(partial))
	}
	return place(partial, to)
}

// vacant sees that nothing lies at path but at most what a cut-off attempt left.
func vacant(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("look at the target directory: %w", err)
	}
	for _, e := range entries {
		if e.Name() != partialName && e.Name() != "lost+found" {
			return fmt.Errorf("%s: %w", path, ErrNotEmpty)
		}
	}
	return nil
}

func place(partial, to string) error {
	entries, err := os.ReadDir(partial)
	if err != nil {
		return err
	}
	names := []string{}
	for _, e := range entries {
		if e.Name() != manifestName {
			names = append(names, e.Name())
		}
	}
	if len(names) < len(entries) {
		names = append(names, manifestName)
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(partial, name), filepath.Join(to, name)); err != nil {
			return err
		}
	}
	return errors.Join(os.Remove(partial), syncDir(to), syncDir(filepath.Dir(filepath.Clean(to))))
}

func writeSynced(path string, content io.Reader) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return syncDir(path)
	})
}
