// Package app ties the knot: it is the only place that knows every adapter. New checks the options, Start opens the
// engines and runs the roles, Stop drains. Tests run it in process.
//
// What may enter: wiring, the order of starting and stopping. What may not: rules, SQL, HTTP.
package app
