// Package event holds what every event of the ledger has in common: its wire type, its metadata, sealed personal
// values and the codec between Go values and bytes.
//
// What may enter: shapes that are final on the wire. What may not: one domain's events (they live with their stream),
// storage or transport.
package event
