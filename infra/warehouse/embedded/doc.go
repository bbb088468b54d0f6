// Package embedded runs the real ClickHouse engine (libchdb, chDB's shared library) behind ClickHouse's HTTP interface,
// so that the production adapter, clickhouse-go, talks to a laptop exactly as it talks to a cluster.
//
// Serve runs the engine in this process. It is C++ in our address space: a crash there is a crash here. Supervise
// therefore runs Serve in a child process, brings it back at the same address after a crash, a hang or the loss of its
// directory, and takes it along when the parent goes.
//
// One request is one connection to the engine (0.2 ms), opened with the request's settings and closed after it: nothing
// that a request sets can reach the next.
//
// What differs from a server, for whoever writes a query:
//   - HTTP only, at Native revision 0; no sessions (session_id), external tables, users, Keeper or query_log.
//   - The database "default" stands for "main": the engine's own default takes any path for a table. Nothing opens files,
//     programs or other hosts: no file(), url(), remote(), INTO OUTFILE.
//   - fsync_after_insert is a setting of a MergeTree table, here as there: set it in CREATE TABLE. Merges are always synced.
//   - Inserts are always written before they are answered; async_insert is left aside.
//   - Four statements run at once, two threads each; 64 more wait. 300 s unless max_execution_time says otherwise.
//
// What may enter: loading the library, its C functions, ClickHouse's HTTP protocol, and the life of the child.
// What may not: tables, indicators, or anything else about care.
package embedded
