// Package embedded runs the bus in this process: nats-server as a library, with JetStream on disk, on loopback.
//
// What may enter: starting, watching and stopping that server. What may not: streams, subjects or clients; the product
// talks to it as to any other NATS, through package bus and a URL.
//
// Everything below its directory can be deleted, also while it runs: the server notices, starts itself again with an
// empty store on the same address, and the relay fills it anew.
package embedded
