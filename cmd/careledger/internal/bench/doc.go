// Package bench measures a running server from outside, as its users meet it: bounded in count and time.
//
// What may enter: sending, timing, percentiles. What may not: starting servers, judging figures.
package bench
