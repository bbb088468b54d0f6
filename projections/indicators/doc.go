// Package indicators counts: measures (what is counted, as SQL over facts bounded by a ledger number) and cells
// (a definition's numerator and denominator for every area and period, with target, expectation and status).
//
// What may enter: SQL text and pure functions. What may not: a driver, a clock, one prefecture's plan.
package indicators
