// Package store is the log on disk: event records, streams and their index over Pebble, durable group commit, and the
// tail of the log for followers.
//
// One goroutine (the sequencer) checks appends against the heads of their streams, gives out positions and writes one
// Pebble batch per group; another (the publisher) waits for the group's fsync, then makes it visible, in commit order,
// and answers. While one group syncs, the next one gathers. Readers never look past the visible position, so nobody
// sees what could still be lost, or position N+1 before N.
//
// What may enter: bytes, keys, positions, revisions, the rules of EventStoreDB about expected revisions, idempotency
// and stream metadata. What may not: gRPC, wire messages, anything of the domain.
package store
