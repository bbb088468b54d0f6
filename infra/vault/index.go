package vault

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/cockroachdb/pebble/v2"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/careledger/careledger/domain/personal"
)

// Claim puts entries that are unique by kind and value, each only where no other holder has it; it answers who holds
// each afterwards. What it put is durable when it returns. Of two that claim at once, one holds.
func (v *Vault) Claim(_ context.Context, entries []personal.Entry) ([]string, error) {
	v.claims.Lock()
	defer v.claims.Unlock()
	b := v.db.NewIndexedBatch()
	defer b.Close()
	holders := make([]string, len(entries))
	for i, e := range entries {
		key := v.claimKey(e.Kind, e.Value)
		held, closer, err := b.Get(key)
		switch {
		case err == nil:
			_, holders[i] = readClaim(held)
			if err := closer.Close(); err != nil {
				return nil, fmt.Errorf("read the vault: %w", err)
			}
			continue
		case !errors.Is(err, pebble.ErrNotFound):
			return nil, fmt.Errorf("read the vault: %w", err)
		}
		if err := put(b, e, key, claimOf(e)); err != nil {
			return nil, err
		}
		holders[i] = e.Holder
	}
	if b.Empty() {
		return holders, nil
	}
	return holders, v.commit(b)
}

// Reassign gives a claim that from holds to e's holder; false where somebody else holds it.
func (v *Vault) Reassign(_ context.Context, e personal.Entry, from string) (bool, error) {
	v.claims.Lock()
	defer v.claims.Unlock()
	key := v.claimKey(e.Kind, e.Value)
	held, found, err := v.get(key)
	subject, holder := readClaim(held)
	if err != nil || !found || holder != from {
		return false, err
	}
	b := v.db.NewBatch()
	defer b.Close()
	// The one who held it may be erased later: that must not take the new holder's claim along.
	if err := b.Delete(append(entriesOf(subject), key...), nil); err != nil {
		return false, fmt.Errorf("write the vault: %w", err)
	}
	if err := put(b, e, key, claimOf(e)); err != nil {
		return false, err
	}
	return true, v.commit(b)
}

// Holder answers who holds a claimed value.
func (v *Vault) Holder(_ context.Context, kind, value string) (string, bool, error) {
	held, found, err := v.get(v.claimKey(kind, value))
	_, holder := readClaim(held)
	return holder, found, err
}

// claimOf is how a claim is kept: the subject, then the holder.
func claimOf(e personal.Entry) []byte { return append(e.Subject[:], e.Holder...) }

func readClaim(value []byte) (subject uuid.UUID, holder string) {
	if len(value) < len(subject) {
		return subject, ""
	}
	copy(subject[:], value)
	return subject, string(value[len(subject):])
}

// Index puts entries that need not be unique, for Find.
func (v *Vault) Index(_ context.Context, entries []personal.Entry) error {
	b := v.db.NewBatch()
	defer b.Close()
	for _, e := range entries {
		if err := put(b, e, append(v.indexKey(e.Kind, e.Value), e.Holder...), []byte{}); err != nil {
			return err
		}
	}
	return v.commit(b)
}

// Find answers the holders of a value, in order, at most limit.
func (v *Vault) Find(_ context.Context, kind, value string, limit int) ([]string, error) {
	var holders []string
	prefix := v.indexKey(kind, value)
	err := v.scan(prefix, func(key, _ []byte) error {
		if len(holders) < limit {
			holders = append(holders, string(key[len(prefix):]))
		}
		return nil
	})
	return holders, err
}

// Hash is a keyed hash of a command's body, so that a small body cannot be guessed from it.
func (v *Vault) Hash(body []byte) string {
	h := hmac.New(sha256.New, v.hash)
	h.Write(body)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:18])
}

// put writes an entry and, under its subject, what to delete when the subject's key dies.
func put(b *pebble.Batch, e personal.Entry, key, value []byte) error {
	return errors.Join(b.Set(key, value, nil), b.Set(append(entriesOf(e.Subject), key...), []byte{}, nil))
}

func entriesOf(subject uuid.UUID) []byte { return append([]byte("entries/"), subject[:]...) }

func (v *Vault) claimKey(kind, value string) []byte {
	return append([]byte("claim/"+kind+"/"), v.blind(kind, value)...)
}

func (v *Vault) indexKey(kind, value string) []byte {
	return append(append([]byte("index/"+kind+"/"), v.blind(kind, value)...), '/')
}

func (v *Vault) blind(kind, value string) []byte {
	h := hmac.New(sha256.New, v.index)
	h.Write([]byte(kind + "\x00" + normalise(value)))
	return h.Sum(nil)
}

// normalise makes one text of the ways in which people write the same value: full-width forms, blanks, a small x.
func normalise(value string) string {
	return strings.ToUpper(strings.Join(strings.Fields(norm.NFKC.String(value)), " "))
}

func (v *Vault) scan(prefix []byte, take func(key, value []byte) error) error {
	end := append(bytes.Clone(prefix[:len(prefix)-1]), prefix[len(prefix)-1]+1)
	if prefix[len(prefix)-1] == 0xff {
		end = append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 64)...)
	}
	it, err := v.db.NewIter(&pebble.IterOptions{LowerBound: prefix, UpperBound: end})
	if err != nil {
		return fmt.Errorf("read the vault: %w", err)
	}
	for it.First(); it.Valid(); it.Next() {
		if err := take(bytes.Clone(it.Key()), bytes.Clone(it.Value())); err != nil {
			return errors.Join(err, it.Close())
		}
	}
	return errors.Join(it.Error(), it.Close())
}
