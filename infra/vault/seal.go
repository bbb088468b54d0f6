package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
)

// sealedVersion is the first byte of every ciphertext: AES-256-GCM under the person's key.
const sealedVersion = 1

// Seal encrypts, making the keys that are missing. All new keys of a call are durable, by one write, before it returns.
// ErrErased where a person was erased.
func (v *Vault) Seal(_ context.Context, requests []personal.Plain) ([]event.Sealed, error) {
	if err := v.ensureKeys(requests); err != nil {
		return nil, err
	}
	sealed := make([]event.Sealed, len(requests))
	for i, r := range requests {
		key, err := v.key(r.Subject)
		if err != nil {
			return nil, err
		}
		ciphertext, err := key.Encrypt(r.Value, bound(r.Subject, r.Associated))
		if err != nil {
			return nil, fmt.Errorf("seal: %w", err)
		}
		sealed[i] = event.Sealed{Subject: r.Subject, Ciphertext: append([]byte{sealedVersion}, ciphertext...)}
	}
	return sealed, nil
}

// Unseal decrypts. ErrErased where the key is gone, ErrTampered where the value does not authenticate.
func (v *Vault) Unseal(_ context.Context, s event.Sealed, associated []byte) ([]byte, error) {
	key, err := v.key(s.Subject)
	if err != nil {
		return nil, err
	}
	if len(s.Ciphertext) < 2 || s.Ciphertext[0] != sealedVersion {
		return nil, ErrTampered
	}
	plain, err := key.Decrypt(s.Ciphertext[1:], bound(s.Subject, associated))
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

func bound(subject uuid.UUID, associated []byte) []byte { return append(subject[:], associated...) }

func keyOf(subject uuid.UUID) []byte    { return append([]byte("key/"), subject[:]...) }
func erasedOf(subject uuid.UUID) []byte { return append([]byte("erased/"), subject[:]...) }

// ensureKeys makes the missing keys of all requests. Of two that make the same key at once, the lock lets one.
func (v *Vault) ensureKeys(requests []personal.Plain) error {
	missing := map[uuid.UUID]bool{}
	for _, r := range requests {
		if missing[r.Subject] {
			continue
		}
		if _, err := v.key(r.Subject); errors.Is(err, errNoKey) {
			missing[r.Subject] = true
		} else if err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	v.claims.Lock()
	defer v.claims.Unlock()
	b := v.db.NewBatch()
	defer b.Close()
	for subject := range missing {
		if _, found, err := v.get(keyOf(subject)); err != nil || found {
			if err != nil {
				return err
			}
			continue
		}
		if err := v.makeKey(b, subject); err != nil {
			return err
		}
	}
	return v.commit(b)
}

func (v *Vault) makeKey(b *pebble.Batch, subject uuid.UUID) error {
	secret := make([]byte, keySize)
	if _, err := rand.Read(secret); err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	wrapped, err := v.master.Encrypt(secret, subject[:])
	if err != nil {
		return fmt.Errorf("wrap a key: %w", err)
	}
	return b.Set(keyOf(subject), wrapped, nil)
}

var errNoKey = errors.New("no key yet")

func (v *Vault) key(subject uuid.UUID) (*subtle.AESGCM, error) {
	if key, ok := v.keys.Get(subject); ok {
		return key, nil
	}
	wrapped, found, err := v.get(keyOf(subject))
	if err != nil {
		return nil, err
	}
	if !found {
		if _, erased, err := v.get(erasedOf(subject)); err != nil || erased {
			return nil, errors.Join(err, ErrErased)
		}
		return nil, errNoKey
	}
	secret, err := v.master.Decrypt(wrapped, subject[:])
	if err != nil {
		return nil, ErrTampered
	}
	key, err := subtle.NewAESGCM(secret)
	if err != nil {
		return nil, fmt.Errorf("use a key: %w", err)
	}
	v.keys.Add(subject, key)
	return key, nil
}

// Erase destroys a person's key and every index entry of theirs, durably. It may be said any number of times, and costs
// nothing where all is gone; nobody is revived by a later Seal.
func (v *Vault) Erase(_ context.Context, subject uuid.UUID) error {
	v.claims.Lock()
	defer v.claims.Unlock()
	b := v.db.NewBatch()
	defer b.Close()
	prefix := entriesOf(subject)
	err := v.scan(prefix, func(key, _ []byte) error {
		return errors.Join(b.Delete(key[len(prefix):], nil), b.Delete(key, nil))
	})
	_, keyed, readKey := v.get(keyOf(subject))
	_, erased, readErased := v.get(erasedOf(subject))
	err = errors.Join(err, readKey, readErased)
	if err == nil && erased && !keyed && b.Empty() {
		return nil
	}
	err = errors.Join(err, b.Delete(keyOf(subject), nil), b.Set(erasedOf(subject), []byte{1}, nil))
	if err == nil {
		err = v.commit(b)
	}
	v.keys.Remove(subject)
	return err
}
