// Package freshness says how long nothing has been heard of areas and of the devices that record in them.
//
// What may enter: which records count as heard, where the newest of them are kept, how silence adds up over areas. What
// may not: a driver, a clock, what was recorded.
package freshness
