// Package facts folds events into rows: immutable, keyed by fact and ledger number, so that twice equals once. A
// correction is a new row and an amendment; nothing is changed in place.
//
// What may enter: pure functions from events to rows, and the tables' shape as SQL text. What may not: a driver, a
// clock, personal values, indicators.
package facts
