// Package command is the only place that loads, folds, decides and appends.
//
// A command id is UUIDv5(principal, idempotency key); it is remembered by the stream it changed, for ever: the same
// command again answers the first result, the same key with another body is refused. Refusals are not remembered.
//
// What may enter: how a command becomes events, whatever the stream. What may not: one stream's rules, HTTP, storage.
package command
