// Package oracle counts every cell a second time: slowly, in plain Go, straight from the events. It shares no code and no
// SQL with the projections, and tests hold their cells against it. No part of the product uses it.
//
// What may enter: what domain.md says of a measure, as plainly as it can be written. What may not: anything of facts or
// indicators, speed, a store.
package oracle
