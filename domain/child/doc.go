// Package child is the stream of one child under 3: the register entry and enrolments.
//
// What may enter: what must hold at once for one child. What may not: places (the childcare institution's stream), counting.
package child
