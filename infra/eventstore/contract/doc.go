// Package contract is what Careledger expects of an event store, written as tests with the official client. Run takes
// a URL, so that the embedded server and a real cluster are held to the same.
//
// What may enter: behaviour that any EventStoreDB v1 server shows. What may not: anything only the embedded one does.
package contract
