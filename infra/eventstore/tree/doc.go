// Package tree is the Merkle tree over a ledger: leaf n is the event with ledger number n+1. Its root, the head, says in
// 32 bytes what the whole ledger held, so that a later copy of it can be held against it.
//
// A leaf covers what of an event stays when a ledger moves to another event store: stream, revision, id, type, content
// type, metadata and data. Store positions and a store's own times are not in it.
//
// What may enter: events as they are stored. What may not: their meaning, keys, signatures.
package tree
