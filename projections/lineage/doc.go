// Package lineage says who or what is behind a cell: the persons, institutions and figures in its numerator, in its
// denominator only, and those that its rule leaves out, each with the reason and the events.
//
// It runs the cell's own rule, subject by subject, at the cell's ledger number: what the rows contribute adds up to the
// cell's numerator and denominator.
//
// What may enter: SQL text over facts, the reasons in words, which rows belong on a page. What may not: a driver, a clock,
// personal values, how a cell is judged.
package lineage
