package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Restore copies the backup in the directory from to the new or empty directory to.
func Restore(ctx context.Context, from, to string) (Manifest, error) {
	m, err := Read(from)
	if err != nil {
		return Manifest{}, fmt.Errorf("%s: %w", from, err)
	}
	err = into(to, func(partial string) error {
		for _, f := range m.Files {
			path := filepath.FromSlash(f.Path)
			target := filepath.Join(partial, path)
			if err := errors.Join(ctx.Err(), os.MkdirAll(filepath.Dir(target), 0o700)); err != nil {
				return err
			}
			if err := copyFile(filepath.Join(from, path), target); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("restore: %w", err)
	}
	return m, nil
}

// copyFile copies; a link would let what is restored and the backup share damage.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	return errors.Join(writeSynced(to, in), os.Chtimes(to, info.ModTime(), info.ModTime()))
}
