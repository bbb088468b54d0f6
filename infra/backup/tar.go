package backup

import (
	"archive/tar"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"
)

// WriteTar writes a backup of the snapshot to w as one tar archive.
func WriteTar(ctx context.Context, snapshot string, w io.Writer, now time.Time) (Manifest, error) {
	files, err := list(snapshot)
	if err != nil {
		return Manifest{}, fmt.Errorf("read the snapshot: %w", err)
	}
	m := Manifest{Format: manifestFormat, MadeAt: now.UTC(), Files: files}
	archive := tar.NewWriter(w)
	for _, f := range files {
		if err := errors.Join(ctx.Err(), addFile(archive, snapshot, f)); err != nil {
			return Manifest{}, fmt.Errorf("write %s to the archive: %w", f.Path, err)
		}
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return Manifest{}, err
	}
	err = archive.WriteHeader(&tar.Header{Name: manifestName, Mode: 0o600, Size: int64(len(b)), ModTime: m.MadeAt, Typeflag: tar.TypeReg})
	if err == nil {
		_, err = archive.Write(b)
	}
	if err := errors.Join(err, archive.Close()); err != nil {
		return Manifest{}, fmt.Errorf("end the archive: %w", err)
	}
	return m, nil
}

func addFile(archive *tar.Writer, snapshot string, f File) error {
	in, err := os.Open(filepath.Join(snapshot, filepath.FromSlash(f.Path)))
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: f.Path, Mode: 0o600, Size: f.Size, ModTime: info.ModTime(), Typeflag: tar.TypeReg, Format: tar.FormatPAX}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.CopyN(archive, in, f.Size)
	return err
}

// RestoreTar writes the backup in an archive to the new or empty directory to.
func RestoreTar(ctx context.Context, r io.Reader, to string) (m Manifest, err error) {
	err = into(to, func(partial string) error {
		root, err := os.OpenRoot(partial) // nothing in the archive gets out of it
		if err != nil {
			return err
		}
		defer root.Close()
		m, err = extract(ctx, tar.NewReader(r), root)
		return err
	})
	if err != nil {
		return Manifest{}, fmt.Errorf("restore: %w", err)
	}
	return m, nil
}

func extract(ctx context.Context, archive *tar.Reader, root *os.Root) (m Manifest, err error) {
	sizes := map[string]int64{}
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, tar.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) {
			break
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return Manifest{}, err
		}
		if header.Name == manifestName {
			b, err := io.ReadAll(archive)
			if err != nil {
				return Manifest{}, err
			}
			if m, err = decode(b); err != nil {
				return Manifest{}, err
			}
			continue
		}
		if header.Typeflag != tar.TypeReg {
			return Manifest{}, fmt.Errorf("%w (%s)", ErrNotWhole, header.Name)
		}
		if sizes[header.Name], err = extractFile(root, header, archive); err != nil {
			return Manifest{}, err
		}
	}
	for _, f := range m.Files {
		if size, there := sizes[f.Path]; !there || size != f.Size {
			return Manifest{}, fmt.Errorf("%w (%s)", ErrNotWhole, f.Path)
		}
	}
	if m.Format == 0 {
		return Manifest{}, ErrNotWhole
	}
	return m, nil
}

func extractFile(root *os.Root, header *tar.Header, content io.Reader) (int64, error) {
	if err := root.MkdirAll(path.Dir(header.Name), 0o700); err != nil {
		return 0, err
	}
	f, err := root.OpenFile(header.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, content)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w (%s)", ErrNotWhole, header.Name)
	}
	return n, errors.Join(err, f.Sync(), f.Close(), root.Chtimes(header.Name, header.ModTime, header.ModTime))
}
