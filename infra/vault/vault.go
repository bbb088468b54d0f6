package vault

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"gocloud.dev/secrets"
	_ "gocloud.dev/secrets/localsecrets" // base64key:// key-encryption keys

	"github.com/careledger/careledger/domain/fault"
)

// Errors of the vault.
var (
	// ErrErased is answered for a person whose key is gone.
	ErrErased = errors.New("the person's key has been erased")
	// ErrTampered is answered for a sealed value that does not authenticate.
	ErrTampered = errors.New("the sealed value does not authenticate")
	// ErrVersion is answered for a directory that another version wrote.
	ErrVersion = errors.New("the vault's directory was written by another version: use that version, or restore a backup / 密钥库由其他版本写成")
	// ErrFull is answered while the vault's disk is almost full.
	ErrFull = fault.New(fault.Unavailable, "vault-disk-full",
		"密钥库所在磁盘空间不足，已停止写入；请清理磁盘，空间恢复后自动继续。",
		"The vault's disk is almost full, so writing has stopped; free some space and it goes on by itself.")
)

const (
	formatVersion = "1"
	keySize       = 32
	cachedKeys    = 4_000
	keyFileName   = "key-encryption-key"
)

// Options: KeeperURL opens the key-encryption key (gocloud.dev/secrets); empty: a random key in
// Dir/key-encryption-key, readable by its owner only.
type Options struct {
	Dir       string
	KeeperURL string
	Logger    *slog.Logger
	FS        vfs.FS // of the keys; nil: the system's
}

// Vault is an open vault.
type Vault struct {
	db      *pebble.DB
	dir     string
	master  *subtle.AESGCM
	index   []byte // the key of the blind indexes
	hash    []byte // the key of command body hashes
	keys    *lru.Cache[uuid.UUID, *subtle.AESGCM]
	claims  sync.Mutex
	reserve *reserve
}

// Open opens or makes a vault. One process at a time may have it open.
func Open(ctx context.Context, o Options) (*Vault, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	keys := filepath.Join(o.Dir, "keys")
	if err := errors.Join(makeDurably(o.FS, keys), os.MkdirAll(o.Dir, 0o700)); err != nil {
		return nil, fmt.Errorf("make the vault's directory: %w", err)
	}
	db, err := pebble.Open(keys, &pebble.Options{
		FS: o.FS, Cache: pebble.NewCache(8 << 20), MemTableSize: 4 << 20, Logger: quiet{o.Logger},
	})
	if err != nil {
		return nil, fmt.Errorf("open the vault in %s (is another careledger running on this directory? / 是否有另一个进程正在使用该目录？): %w", o.Dir, err)
	}
	v := &Vault{db: db, dir: o.Dir, reserve: newReserve(o.Dir)}
	if err := v.unlock(ctx, o); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return v, nil
}

// makeDurably makes a directory and what is missing above it, such that a power cut does not take them away again.
func makeDurably(fs vfs.FS, dir string) error {
	var parents []string // of what is missing
	for at := dir; fs.PathDir(at) != at; at = fs.PathDir(at) {
		if _, err := fs.Stat(at); !errors.Is(err, os.ErrNotExist) {
			break
		}
		parents = append(parents, fs.PathDir(at))
	}
	if err := fs.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for _, parent := range parents {
		d, err := fs.OpenDir(parent)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (v *Vault) unlock(ctx context.Context, o Options) error {
	var err error
	if v.keys, err = lru.New[uuid.UUID, *subtle.AESGCM](cachedKeys); err != nil {
		return fmt.Errorf("make the key cache: %w", err)
	}
	version, found, err := v.get([]byte("meta/version"))
	switch {
	case err != nil:
		return err
	case found && string(version) != formatVersion:
		return ErrVersion
	}
	keeper, err := openKeeper(ctx, o)
	if err != nil {
		return err
	}
	defer keeper.Close()
	wrapped, made, err := v.get([]byte("meta/master"))
	if err != nil {
		return err
	}
	if !made {
		if wrapped, err = v.create(ctx, keeper); err != nil {
			return err
		}
	}
	secret, err := keeper.Decrypt(ctx, wrapped)
	if err != nil || len(secret) != 3*keySize {
		return errors.New("the vault cannot be opened with this key-encryption key: bring back the key file, or the right key URL / 主密钥不匹配，请恢复密钥文件")
	}
	v.index, v.hash = secret[keySize:2*keySize], secret[2*keySize:]
	v.master, err = subtle.NewAESGCM(secret[:keySize])
	if err != nil {
		return fmt.Errorf("use the master key: %w", err)
	}
	return nil
}

// create makes the master, index and hash keys, wraps them and stores them before anything is sealed.
func (v *Vault) create(ctx context.Context, keeper *secrets.Keeper) ([]byte, error) {
	secret := make([]byte, 3*keySize)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("make the master key: %w", err)
	}
	wrapped, err := keeper.Encrypt(ctx, secret)
	if err != nil {
		return nil, fmt.Errorf("wrap the master key: %w", err)
	}
	b := v.db.NewBatch()
	defer b.Close()
	if err := errors.Join(b.Set([]byte("meta/version"), []byte(formatVersion), nil), b.Set([]byte("meta/master"), wrapped, nil)); err != nil {
		return nil, fmt.Errorf("store the master key: %w", err)
	}
	return wrapped, v.commit(b)
}

func openKeeper(ctx context.Context, o Options) (*secrets.Keeper, error) {
	url := o.KeeperURL
	if url == "" {
		key, err := keyFile(filepath.Join(o.Dir, keyFileName))
		if err != nil {
			return nil, err
		}
		url = "base64key://" + key
	}
	keeper, err := secrets.OpenKeeper(ctx, url)
	if err != nil {
		return nil, errors.New("the key-encryption key cannot be opened: check the key file or URL / 无法打开主密钥，请检查密钥文件或地址")
	}
	return keeper, nil
}

// keyFile reads the key, or makes it where there is none.
func keyFile(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err == nil {
		return string(b), nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("read the key-encryption key: %w", err)
	}
	secret := make([]byte, keySize)
	if _, err := rand.Read(secret); err != nil {
		return "", fmt.Errorf("make the key-encryption key: %w", err)
	}
	key := base64.URLEncoding.EncodeToString(secret)
	return key, writeDurably(path, []byte(key))
}

// writeDurably writes a file that only its owner may read, whole or not at all.
func writeDurably(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o600), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", filepath.Base(path), err), os.Remove(f.Name()))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("sync the directory of %s: %w", filepath.Base(path), err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// Snapshot writes the vault as it is now to dir, which must not exist: the keys, and the key-encryption key where that is
// a file of the vault's own. Whoever has the snapshot can read what the keys seal.
func (v *Vault) Snapshot(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("write a snapshot of the vault: %w", err)
	}
	if err := v.db.Checkpoint(filepath.Join(dir, "keys"), pebble.WithFlushedWAL()); err != nil {
		return fmt.Errorf("write a snapshot of the vault: %w", err)
	}
	key, err := os.ReadFile(filepath.Join(v.dir, keyFileName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("write a snapshot of the vault: %w", err)
	}
	return writeDurably(filepath.Join(dir, keyFileName), key)
}

// Check reads all that the vault in dir holds, which no process may have open, without changing anything, and answers how
// many values there are. What it cannot read is damaged.
func Check(dir string, logger *slog.Logger) (values int, err error) {
	found := &pebble.EventListener{DataCorruption: func(pebble.DataCorruptionInfo) {}} // the error says it; without this Pebble ends the process
	db, err := pebble.Open(filepath.Join(dir, "keys"), &pebble.Options{ReadOnly: true, Logger: quiet{logger}, EventListener: found})
	if err != nil {
		return 0, fmt.Errorf("the vault cannot be opened: %w", err)
	}
	defer func() { _ = db.Close() }() // it was only read
	it, err := db.NewIter(nil)
	if err != nil {
		return 0, fmt.Errorf("read the vault: %w", err)
	}
	for ok := it.First(); ok; ok = it.Next() {
		if _, err := it.ValueAndErr(); err != nil {
			break // it is it.Error too
		}
		values++
	}
	if err := it.Close(); err != nil {
		return values, fmt.Errorf("read the vault: %w", err)
	}
	return values, nil
}

// Close ends it.
func (v *Vault) Close() error { return v.db.Close() }

func (v *Vault) get(key []byte) (value []byte, found bool, err error) {
	b, closer, err := v.db.Get(key)
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the vault: %w", err)
	}
	value = append([]byte{}, b...)
	return value, true, closer.Close()
}

// commit makes a batch durable.
func (v *Vault) commit(b *pebble.Batch) error {
	if err := v.reserve.check(); err != nil {
		return err
	}
	if err := b.Commit(pebble.Sync); err != nil {
		return fmt.Errorf("write the vault: %w", err)
	}
	return nil
}

type quiet struct{ logger *slog.Logger }

func (q quiet) Infof(format string, args ...any) {
	q.logger.Debug("vault store", "message", fmt.Sprintf(format, args...))
}
func (q quiet) Errorf(format string, args ...any) {
	q.logger.Error("vault store", "message", fmt.Sprintf(format, args...))
}

// Fatalf is what Pebble calls when it can no longer write: it must not return.
func (q quiet) Fatalf(format string, args ...any) {
	q.logger.Error("vault store", "message", fmt.Sprintf(format, args...))
	panic("the vault can no longer be written") // a store that goes on here would lose keys
}
