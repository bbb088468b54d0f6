// Package demo makes the state of 2022 of the plan as ordinary commands: deterministic, so that sending it twice changes
// nothing. Every name and ID number is invented.
//
// What may enter: which commands. What may not: how they are sent.
package demo
