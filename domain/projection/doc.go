// Package projection decides from which set of facts and cells a prefecture's numbers are read. A set is built beside the
// one that serves, takes its place in one step, and can give it back.
//
// What may enter: which sets there are and what becomes of them. What may not: how a set is built, what lies in it.
package projection
