package vault

import (
	"errors"
	"fmt"
)

// Bucket is a small durable map below a name, its values sealed by the master key.
type Bucket struct {
	vault  *Vault
	prefix string
}

// Bucket names one.
func (v *Vault) Bucket(name string) *Bucket { return &Bucket{vault: v, prefix: "bucket/" + name + "/"} }

// Get answers the value of a key.
func (b *Bucket) Get(key string) (value []byte, found bool, err error) {
	sealed, found, err := b.vault.get([]byte(b.prefix + key))
	if err != nil || !found {
		return nil, false, err
	}
	value, err = b.vault.master.Decrypt(sealed, []byte(b.prefix+key))
	if err != nil {
		return nil, false, ErrTampered
	}
	return value, true, nil
}

// Put sets a key, durably.
func (b *Bucket) Put(key string, value []byte) error {
	sealed, err := b.vault.master.Encrypt(value, []byte(b.prefix+key))
	if err != nil {
		return fmt.Errorf("seal a record: %w", err)
	}
	batch := b.vault.db.NewBatch()
	defer batch.Close()
	if err := batch.Set([]byte(b.prefix+key), sealed, nil); err != nil {
		return fmt.Errorf("write the vault: %w", err)
	}
	return b.vault.commit(batch)
}

// Take removes a key and answers its value; of several that take at once, one finds it.
func (b *Bucket) Take(key string) (value []byte, found bool, err error) {
	b.vault.claims.Lock()
	defer b.vault.claims.Unlock()
	value, found, err = b.Get(key)
	if err != nil || !found {
		return nil, false, err
	}
	batch := b.vault.db.NewBatch()
	defer batch.Close()
	if err := batch.Delete([]byte(b.prefix+key), nil); err != nil {
		return nil, false, fmt.Errorf("write the vault: %w", err)
	}
	return value, true, b.vault.commit(batch)
}

// Scan calls take with every key that begins so.
func (b *Bucket) Scan(beginning string, take func(key string, value []byte) error) error {
	prefix := []byte(b.prefix + beginning)
	return b.vault.scan(prefix, func(key, sealed []byte) error {
		value, err := b.vault.master.Decrypt(sealed, key)
		if err != nil {
			return errors.Join(ErrTampered, err)
		}
		return take(string(key[len(b.prefix):]), value)
	})
}
