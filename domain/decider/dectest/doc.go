// Package dectest tests deciders: tables of given/when/then, and properties over random histories and commands.
//
// A row that asserts nothing fails, and so does a room with a refusal that no row meets. What may enter: what every
// decider promises. What may not: the rules of one stream. Only tests import it.
package dectest
