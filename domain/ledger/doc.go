// Package ledger holds the events about the ledger itself: its opening, the plans and areas in force, the days that have
// passed.
//
// What may enter: what is true of the whole ledger or a whole prefecture. What may not: people, institutions, figures.
package ledger
