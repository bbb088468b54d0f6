// Package control is the door for the operator on the same machine: a Unix socket in the data directory of a running
// process, which only its owner may use. Through it the command line takes a snapshot to copy or to verify, starts a
// scavenge, and gets a link that signs a browser in.
//
// What may enter: what an operator does to a whole data directory. What may not: commands and questions of users (they
// have the API), records, personal values.
package control
