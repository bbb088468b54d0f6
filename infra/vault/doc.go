// Package vault keeps what must not be in the log in clear: a key for each person, under which their personal values are
// sealed before they enter an event, and blind indexes to find them by. Both die with the person's key.
//
// It is a Pebble store of its own, with the log one of the two truths. A key is durable before anything sealed with it is
// appended. Data keys are wrapped by the vault's master key, which a key-encryption key opens (a file beside the store by
// default; a KMS by URL). What may enter: keys, indexes, small durable records of who may call. What may not: plaintext.
package vault
