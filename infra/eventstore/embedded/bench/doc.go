// Command bench measures the embedded event store as its users meet it: the real binary as a process of its own,
// driven by the official client, with PostgreSQL on the same disk driven in the same run, round by round in turn. The
// client shares the machine with the server. `make bench-store` runs it.
//
// What may enter: loads bounded in count and time, histograms, the table. What may not: anything that only makes a
// figure better, such as a setting no user has.
package main
