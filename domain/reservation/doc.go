// Package reservation holds what a rule across two streams needs: something is reserved in one stream, another stream
// commits, and what did not commit is released.
//
// The commit point is always the second stream. Whatever breaks in between is finished or undone by the tracker, which
// follows the log: it gives the reservation up in the committing stream first, so that a late commit is refused, and
// only then releases.
//
// What may enter: the order of the steps, whatever is reserved. What may not: beds, places, rules of one stream.
package reservation
