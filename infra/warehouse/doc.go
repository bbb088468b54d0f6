// Package warehouse is ClickHouse through its official client: facts and cells, which can be thrown away and come back
// from the log. It is the same against the embedded engine, a server and a cluster of servers: statements are written
// once, and a layout adds what a cluster's tables need. Those for a cluster have been compared with golden files, not run.
//
// What may enter: the driver, migrations, reading and writing rows. What may not: how anything is counted (the SQL text
// is the projections'), personal values.
package warehouse
