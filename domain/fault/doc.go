// Package fault holds the refusals a person can act on: a kind (which decides the HTTP status), a stable code
// and one sentence each in Chinese and English.
//
// What may enter: the error type and its kinds. What may not: HTTP, transport or storage words.
package fault
