// Package users is who may come in to the embedded event store, and how a password is known without being kept: as an
// argon2id hash in the PHC string format.
//
// What may enter: names, hashes, their check. What may not: the protocol that carries credentials, and what a user
// may do once in (all, today).
package users
