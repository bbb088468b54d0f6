// Package contract is what Careledger expects of an event store, written as tests with the official client, and with
// the protocol itself where that client cannot ask (wire.go). Run takes a URL, so that the embedded server and a real
// cluster are held to the same. It makes streams of its own: it may run again, and beside others.
//
// What may enter: behaviour that any EventStoreDB v1 server shows, as 24.10 does; a test skips itself where 23.10 differs
// or where a cluster's limit is lower (MaxAppendSize is 1 MiB unless set). What may not: anything only the embedded one
// does, and what a cluster does by accident: positions within a record, a count of 0, regular expressions beyond RE2
// are only held to being refused or answered right.
package contract
