package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// manifestName is the last file of a backup to be written: without it the backup is not whole.
const manifestName = "backup.json"

const manifestFormat = 1

// Manifest says what a backup holds.
type Manifest struct {
	Format int       `json:"format"`
	MadeAt time.Time `json:"made_at"`
	Files  []File    `json:"files"`
}

// File is a file of a backup, its path with slashes, its size in bytes.
type File struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
}

// Bytes is the size of all files.
func (m Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Size
	}
	return sum
}

// Errors of backups.
var (
	// ErrNotWhole is answered for a directory or archive without manifest, or with other files than it says.
	ErrNotWhole = errors.New("this is not a whole backup: it was cut off or something else lies there; take another one / 备份不完整，请使用另一份")
	// ErrNotEmpty refuses to write where something is already.
	ErrNotEmpty = errors.New("there is something there already: give a directory that is new or empty / 目标不为空，请指定新的或空的目录")
	// ErrNewer refuses a backup of a newer version.
	ErrNewer = errors.New("the backup was made by a newer version: restore it with that version / 备份由更新的版本生成，请用该版本恢复")
)

// skipped are files that belong to a running process and not to the truth.
func skipped(path string) bool {
	name := filepath.Base(path)
	return name == "LOCK" || name == "lock" || strings.HasSuffix(name, ".sock") || strings.HasPrefix(name, ".")
}

// list lists the files to copy below dir.
func list(dir string) (files []File, err error) {
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || skipped(path) || path == manifestName {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a file", path)
		}
		info, err := d.Info()
		files = append(files, File{Path: path, Size: sizeOf(info)})
		return err
	})
	return files, err
}

func sizeOf(info fs.FileInfo) int64 {
	if info == nil {
		return 0
	}
	return info.Size()
}

// Read reads the manifest of the backup in dir and sees that all its files are there.
func Read(dir string) (Manifest, error) {
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, os.ErrNotExist) {
		return Manifest{}, ErrNotWhole
	}
	if err != nil {
		return Manifest{}, fmt.Errorf("read the backup: %w", err)
	}
	m, err := decode(b)
	if err != nil {
		return Manifest{}, err
	}
	for _, f := range m.Files {
		info, err := os.Stat(filepath.Join(dir, filepath.FromSlash(f.Path)))
		if err != nil || info.Size() != f.Size {
			return Manifest{}, fmt.Errorf("%w (%s)", ErrNotWhole, f.Path)
		}
	}
	return m, nil
}

func decode(b []byte) (m Manifest, err error) {
	switch err := json.Unmarshal(b, &m); {
	case err != nil, m.Format == 0:
		return Manifest{}, ErrNotWhole
	case m.Format > manifestFormat:
		return Manifest{}, ErrNewer
	}
	return m, nil
}
