// Package eventstore is the log through the official EventStoreDB client: appends, stream reads, and following $all
// with ledger numbers. It is the same against the embedded server and a cluster; only the URL differs.
//
// What may enter: the client's types and errors, turned into the domain's. What may not: rules, projections, and store
// positions given a meaning outside this package (the ledger number is what others compare).
package eventstore
