// Package projector keeps one prefecture's facts and cells equal to the fold of the log: rows first, then the
// checkpoint, then the cells that the rows touched; the feed is acknowledged last.
//
// What may enter: the order of those steps, and what becomes of events that cannot be folded. What may not: drivers, the
// bus, how an event becomes rows or a number.
package projector
