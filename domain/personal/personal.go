// Package personal holds the shapes in which personal values travel to the vault: what is to be sealed, and what is to be
// found again without being shown.
//
// What may enter: these two shapes. What may not: keys, ciphertext formats, what the values mean.
package personal

import "github.com/google/uuid"

// Plain is a personal value to be sealed under the key of Subject. Associated binds it to where it will stand.
type Plain struct {
	Subject    uuid.UUID
	Value      []byte
	Associated []byte
}

// Entry says that a value of a kind (e.g. "elder-id-number") belongs to Holder, an opaque id such as a stream's name.
// It dies with the key of Subject.
type Entry struct {
	Kind    string
	Value   string
	Subject uuid.UUID
	Holder  string
}
