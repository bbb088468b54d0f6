// Package publication makes sealed documents: the values of a month as the ledger knew them at one number, in a form in
// which the same content has the same bytes, with hash, signature and the root of the ledger. It says what a later revision
// changed, and checks a document without the ledger.
//
// What may enter: counting at a number, the canonical form, checks. What may not: files, keys at rest, paper.
package publication
