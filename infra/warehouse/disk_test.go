package warehouse_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"github.com/stretchr/testify/require"
)

// disk is a file system over a directory that knows what would be left of it after a power cut, as on ext4: names (what is
// created, renamed, linked, removed, cut short) go to a journal in their order, which is committed whole by any fsync and
// may be committed up to anywhere by a timer; the bytes of a file are there as of its last fsync. A file that was never
// synced is there, and empty.
//
// It is as slow to write back as can be: never by itself.
type disk struct {
	backing string

	mu      sync.Mutex
	durable *file            // the root
	files   map[uint64]*file // by inode of the backing directory
	journal []func()         // what is not committed yet
	done    int              // changes and syncs so far
	cuts    map[int]func()   // by done
}

// file is what is durable of a file, a directory or a symbolic link.
type file struct {
	names  map[string]*file // of a directory
	target string           // of a link
	synced []byte
}

func directory() *file { return &file{names: map[string]*file{}} }

// mountDisk mounts an empty disk, until the test is over.
func mountDisk(t *testing.T) (d *disk, at string) {
	t.Helper()
	if fuse, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil || os.Getuid() != 0 {
		t.Skip("needs /dev/fuse, and root to mount: what a power cut leaves of the engine's files is not shown")
	} else {
		require.NoError(t, fuse.Close())
	}
	d = &disk{backing: t.TempDir(), durable: directory(), files: map[uint64]*file{}, cuts: map[int]func(){}}
	var root syscall.Stat_t
	require.NoError(t, syscall.Stat(d.backing, &root))
	at = t.TempDir()
	server, err := fs.Mount(at, &node{fs.LoopbackNode{RootData: &fs.LoopbackRoot{Path: d.backing, Dev: root.Dev}}, d}, &fs.Options{
		MountOptions: fuse.MountOptions{DirectMountStrict: true, FsName: "disk"},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Unmount()) })
	return d, at
}

// after has f called when so many more changes were made or synced, in the middle of whatever the engine does then.
func (d *disk) after(changes int, f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cuts[d.done+changes] = f
}

// change makes a change to the directory and, when that went well, writes it to the journal.
func (d *disk) change(do func() syscall.Errno, entry func()) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if errno := do(); errno != fs.OK {
		return errno
	}
	d.journal = append(d.journal, entry)
	d.count()
	return fs.OK
}

func (d *disk) count() {
	d.done++
	if cut := d.cuts[d.done]; cut != nil {
		cut()
	}
}

// commit makes the first entries of the journal durable.
func (d *disk) commit(entries int) {
	for _, entry := range d.journal[:entries] {
		entry()
	}
	d.journal = d.journal[entries:]
}

// at finds a directory among the durable names. In the journal's order it is always there.
func (d *disk) at(path string) map[string]*file {
	f := d.durable
	for name := range strings.SplitSeq(path, "/") {
		if name != "" && name != "." {
			f = f.names[name]
		}
	}
	return f.names
}

// write writes a file below a directory as it is durable.
func (f *file) write(to string) error {
	switch {
	case f.names != nil:
		if err := os.MkdirAll(to, 0o700); err != nil {
			return err
		}
		for name, of := range f.names {
			if err := of.write(filepath.Join(to, name)); err != nil {
				return err
			}
		}
		return nil
	case f.target != "":
		return os.Symlink(f.target, to)
	}
	return os.WriteFile(to, f.synced, 0o600)
}

// node is a file or directory of the disk that is mounted.
type node struct {
	fs.LoopbackNode
	disk *disk
}

func (n *node) WrapChild(context.Context, fs.InodeEmbedder) fs.InodeEmbedder {
	return &node{fs.LoopbackNode{RootData: n.RootData}, n.disk}
}

func (n *node) path() string { return n.Path(n.Root()) }

func (n *node) Create(ctx context.Context, name string, flags, mode uint32, out *fuse.EntryOut) (child *fs.Inode, h fs.FileHandle, fuseFlags uint32, errno syscall.Errno) {
	path, created := n.path(), &file{}
	errno = n.disk.change(func() (errno syscall.Errno) {
		if child, h, fuseFlags, errno = n.LoopbackNode.Create(ctx, name, flags, mode, out); errno == fs.OK {
			n.disk.files[child.StableAttr().Ino] = created
		}
		return errno
	}, func() { n.disk.at(path)[name] = created })
	return child, h, fuseFlags, errno
}

func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (child *fs.Inode, errno syscall.Errno) {
	path := n.path()
	errno = n.disk.change(func() (errno syscall.Errno) {
		child, errno = n.LoopbackNode.Mkdir(ctx, name, mode, out)
		return errno
	}, func() { n.disk.at(path)[name] = directory() })
	return child, errno
}

func (n *node) Symlink(ctx context.Context, target, name string, out *fuse.EntryOut) (child *fs.Inode, errno syscall.Errno) {
	path := n.path()
	errno = n.disk.change(func() (errno syscall.Errno) {
		child, errno = n.LoopbackNode.Symlink(ctx, target, name, out)
		return errno
	}, func() { n.disk.at(path)[name] = &file{target: target} })
	return child, errno
}

func (n *node) Link(ctx context.Context, target fs.InodeEmbedder, name string, out *fuse.EntryOut) (child *fs.Inode, errno syscall.Errno) {
	path, ino := n.path(), target.EmbeddedInode().StableAttr().Ino
	var linked *file
	errno = n.disk.change(func() (errno syscall.Errno) {
		linked = n.disk.files[ino]
		child, errno = n.LoopbackNode.Link(ctx, target, name, out)
		return errno
	}, func() { n.disk.at(path)[name] = linked })
	return child, errno
}

func (n *node) Unlink(ctx context.Context, name string) syscall.Errno {
	path := n.path()
	return n.disk.change(func() syscall.Errno { return n.LoopbackNode.Unlink(ctx, name) }, func() { delete(n.disk.at(path), name) })
}

func (n *node) Rmdir(ctx context.Context, name string) syscall.Errno {
	path := n.path()
	return n.disk.change(func() syscall.Errno { return n.LoopbackNode.Rmdir(ctx, name) }, func() { delete(n.disk.at(path), name) })
}

func (n *node) Rename(ctx context.Context, name string, to fs.InodeEmbedder, newName string, flags uint32) syscall.Errno {
	from, into := n.path(), to.EmbeddedInode().Path(n.Root())
	return n.disk.change(func() syscall.Errno { return n.LoopbackNode.Rename(ctx, name, to, newName, flags) }, func() {
		source, target := n.disk.at(from), n.disk.at(into)
		if flags&fs.RENAME_EXCHANGE != 0 {
			source[name], target[newName] = target[newName], source[name]
			return
		}
		moved := source[name]
		delete(source, name)
		target[newName] = moved
	})
}

// Setattr changes the size, too.
func (n *node) Setattr(ctx context.Context, h fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	size, cut := in.GetSize()
	if !cut {
		return n.LoopbackNode.Setattr(ctx, h, in, out)
	}
	var f *file
	return n.disk.change(func() syscall.Errno {
		f = n.disk.files[n.StableAttr().Ino]
		return n.LoopbackNode.Setattr(ctx, h, in, out)
	}, func() { f.synced = f.synced[:min(len(f.synced), int(size))] })
}

// Fsync makes a file durable, and all names.
func (n *node) Fsync(_ context.Context, h fs.FileHandle, _ uint32) syscall.Errno {
	n.disk.mu.Lock()
	defer n.disk.mu.Unlock()
	f := n.disk.files[n.StableAttr().Ino]
	fd, ok := h.(fs.FilePassthroughFder).PassthroughFd()
	if f == nil || !ok {
		return syscall.EBADF
	}
	bytes, err := os.ReadFile("/proc/self/fd/" + strconv.Itoa(fd))
	if err != nil {
		return fs.ToErrno(err)
	}
	n.disk.commit(len(n.disk.journal))
	f.synced = bytes
	n.disk.count()
	return fs.OK
}

func (n *node) OpendirHandle(ctx context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	h, fuseFlags, errno := n.LoopbackNode.OpendirHandle(ctx, flags)
	if errno != fs.OK {
		return nil, 0, errno
	}
	return openDirectory{h.(listing), n.disk}, fuseFlags, fs.OK
}

type listing interface {
	fs.FileReaddirenter
	fs.FileSeekdirer
	fs.FileReleasedirer
}

type openDirectory struct {
	listing
	disk *disk
}

// Fsyncdir makes all names durable.
func (o openDirectory) Fsyncdir(context.Context, uint32) syscall.Errno {
	o.disk.mu.Lock()
	defer o.disk.mu.Unlock()
	o.disk.commit(len(o.disk.journal))
	o.disk.count()
	return fs.OK
}

// TestADiskDropsWhatWasNotSynced holds the disk itself against what it promises.
func TestADiskDropsWhatWasNotSynced(t *testing.T) {
	d, at := mountDisk(t)
	left := func(t *testing.T) map[string]string {
		t.Helper()
		to := filepath.Join(t.TempDir(), "left")
		d.mu.Lock()
		err := d.durable.write(to)
		d.mu.Unlock()
		require.NoError(t, err)
		found := map[string]string{}
		require.NoError(t, filepath.WalkDir(to, func(path string, e os.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				content, err := os.ReadFile(path)
				found[strings.TrimPrefix(path, to+"/")] = string(content)
				return err
			}
			return err
		}))
		return found
	}
	require.NoError(t, os.Mkdir(filepath.Join(at, "a"), 0o700))
	one, err := os.Create(filepath.Join(at, "a", "one"))
	require.NoError(t, err)
	defer func() { require.NoError(t, one.Close()) }()
	_, err = one.WriteString("kept")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(at, "a", "two"), []byte("lost"), 0o600))
	require.Empty(t, left(t))
	require.NoError(t, one.Sync())
	_, err = one.WriteString(" and more")
	require.NoError(t, err)
	require.NoError(t, os.Rename(filepath.Join(at, "a"), filepath.Join(at, "b")))
	require.NoError(t, os.Link(filepath.Join(at, "b", "one"), filepath.Join(at, "three")))
	require.Equal(t, map[string]string{"a/one": "kept", "a/two": ""}, left(t))
	dir, err := os.Open(at)
	require.NoError(t, err)
	require.NoError(t, dir.Sync())
	require.NoError(t, dir.Close())
	require.Equal(t, map[string]string{"b/one": "kept", "b/two": "", "three": "kept"}, left(t))
	require.NoError(t, one.Truncate(2))
	require.NoError(t, one.Sync())
	require.Equal(t, map[string]string{"b/one": "ke", "b/two": "", "three": "ke"}, left(t))
	require.Equal(t, []string{"b", "three"}, slices.Sorted(maps.Keys(d.durable.names)))
}
