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
// What may enter: loading the library, its C functions, ClickHouse's HTTP protocol, and the life of the child.
// What may not: tables, indicators, or anything else about care.
package embedded
