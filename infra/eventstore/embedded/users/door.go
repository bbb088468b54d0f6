package users

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/alexedwards/argon2id"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/semaphore"
)

const (
	checkMemory = 64 << 10 // KiB that all checks under way may take; a hash that takes more is checked alone
	remembered  = 1024
)

// Door knows who may come in. Checking a hash is meant to be slow, and every call brings its credentials: those found
// right are remembered, as digests under a key of this process. Wrong ones are checked each time, few at a time, so
// that they cost whoever sends them time, and this server no more memory.
type Door struct {
	secrets    map[string]secret // by user
	decoy      secret            // checked for a user that is not there, who is told so as slowly as of a wrong password
	key        []byte
	remembered *lru.Cache[digest, struct{}]
	room       *semaphore.Weighted
}

type secret struct {
	phc    string
	memory int64 // what it counts for in room
}

type digest [sha256.Size]byte

// NewDoor opens for the users in h and nobody else.
func NewDoor(h Hashes) (*Door, error) {
	d := &Door{secrets: map[string]secret{}, key: []byte(rand.Text()), room: semaphore.NewWeighted(checkMemory)}
	var err error
	if d.remembered, err = lru.New[digest, struct{}](remembered); err != nil {
		return nil, err
	}
	var costliest argon2id.Params
	for name, phc := range h {
		p, err := checkHash(phc)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		d.secrets[name] = newSecret(phc, p)
		if work(p) > work(&costliest) {
			costliest = *p
		}
	}
	if len(h) == 0 {
		return nil, errors.New("nobody may come in: give a user")
	}
	phc, err := argon2id.CreateHash(rand.Text(), &costliest)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	d.decoy = newSecret(phc, &costliest)
	return d, nil
}

func newSecret(phc string, p *argon2id.Params) secret {
	return secret{phc: phc, memory: int64(min(p.Memory, checkMemory))}
}

func work(p *argon2id.Params) uint64 { return uint64(p.Memory) * uint64(p.Iterations) }

// Admits reports whether the password is the user's. An error is one of ctx, met while waiting for a turn.
func (d *Door) Admits(ctx context.Context, name, password string) (bool, error) {
	if len(name) > maxName || len(password) > maxPassword {
		return false, nil // nobody has such
	}
	key := d.digest(name, password)
	if _, right := d.remembered.Get(key); right {
		return true, nil
	}
	s, known := d.secrets[name]
	if !known {
		s = d.decoy
	}
	if err := d.room.Acquire(ctx, s.memory); err != nil {
		return false, err
	}
	defer d.room.Release(s.memory)
	if _, right := d.remembered.Get(key); right { // another call found out while this one waited
		return true, nil
	}
	same, err := argon2id.ComparePasswordAndHash(password, s.phc)
	if err != nil || !same || !known {
		return false, nil //nolint:nilerr // a hash that is none was refused when the door was made
	}
	d.remembered.Add(key, struct{}{})
	return true, nil
}

func (d *Door) digest(name, password string) (sum digest) {
	mac := hmac.New(sha256.New, d.key)
	fmt.Fprintf(mac, "%d:%s%s", len(name), name, password)
	mac.Sum(sum[:0])
	return sum
}
