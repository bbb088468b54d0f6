package vault

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
)

const signingKey = "ed25519"

// Signing answers the key with which this vault signs, made at the first call. It lies in the vault sealed by the master
// key, and goes into every backup with it.
func (v *Vault) Signing() (ed25519.PrivateKey, error) {
	bucket := v.Bucket("signing")
	v.claims.Lock()
	defer v.claims.Unlock()
	seed, found, err := bucket.Get(signingKey)
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	if !found {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("make a signing key: %w", err)
		}
		return key, bucket.Put(signingKey, key.Seed())
	}
	if len(seed) != ed25519.SeedSize {
		return nil, ErrTampered
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
