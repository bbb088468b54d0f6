// Package decider holds the shape of a stream's rules: a state folded from events, and a pure decision.
//
// Decide may refuse; Evolve cannot: history is never judged again. Neither reads a clock, does I/O or logs.
package decider
