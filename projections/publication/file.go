package publication

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// File is a sealed document: the content in canonical form and its seal. Digests are the first four bytes of the hash of
// each part of the content: the hash alone tells that something was altered, they tell what.
type File struct {
	Content   json.RawMessage   `json:"content"`
	Digests   map[string]string `json:"digests"`
	Hash      string            `json:"hash"`
	Key       string            `json:"key"`
	Signature string            `json:"signature"`
}

// cellsMember is the member of a content whose elements have a digest each.
const cellsMember = "cells"

const digestBytes = 4

// encoding takes one form of each value only.
var encoding = base64.StdEncoding.Strict()

// signed is what a key signs for a hash.
func signed(hash string) []byte { return []byte("careledger publication " + hash) }

// Seal signs content and answers the bytes of the file.
func Seal(content Content, key ed25519.PrivateKey) (File, []byte, error) {
	raw, err := Canonical(content)
	if err != nil {
		return File{}, nil, err
	}
	f := File{Content: raw, Hash: HashOf(raw), Key: encoding.EncodeToString(key.Public().(ed25519.PublicKey))}
	f.Signature = encoding.EncodeToString(ed25519.Sign(key, signed(f.Hash)))
	text, err := f.complete()
	return f, text, err
}

// Resealed puts a seal that was made before to the same content.
func Resealed(content Content, hash, key, signature string) ([]byte, error) {
	raw, err := Canonical(content)
	if err != nil {
		return nil, err
	}
	if HashOf(raw) != hash {
		return nil, ErrDiffers
	}
	f := File{Content: raw, Hash: hash, Key: key, Signature: signature}
	return f.complete()
}

// complete adds the digests and writes the file.
func (f *File) complete() ([]byte, error) {
	var err error
	if f.Digests, err = digestsOf(f.Content); err != nil {
		return nil, err
	}
	return Canonical(f)
}

// Read takes the content out of a file, without checking the seal.
func Read(text []byte) (Content, error) {
	var f File
	if err := json.Unmarshal(text, &f); err != nil {
		return Content{}, fmt.Errorf("read a publication: %w", err)
	}
	var c Content
	if err := json.Unmarshal(f.Content, &c); err != nil {
		return Content{}, fmt.Errorf("read the content of a publication: %w", err)
	}
	return c, nil
}

// digestsOf answers the digest of each member of the content in hex; of the cells those of all, one behind the other, in
// base64. Content must be in canonical form.
func digestsOf(content []byte) (map[string]string, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(content, &members); err != nil {
		return nil, fmt.Errorf("read the content: %w", err)
	}
	digests := make(map[string]string, len(members))
	for name, value := range members {
		if name != cellsMember {
			digests[name] = hex.EncodeToString(digest(value))
			continue
		}
		var cells []json.RawMessage
		if err := json.Unmarshal(value, &cells); err != nil {
			return nil, fmt.Errorf("read the cells: %w", err)
		}
		all := make([]byte, 0, len(cells)*digestBytes)
		for _, c := range cells {
			all = append(all, digest(c)...)
		}
		digests[name] = encoding.EncodeToString(all)
	}
	return digests, nil
}

func digest(part []byte) []byte {
	sum := sha256.Sum256(part)
	return sum[:digestBytes]
}

// KeyID is the short name of a public key: the first eight bytes of its hash, in hex.
func KeyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:8])
}
