// Package admission admits, transfers and discharges: a bed is reserved in the institution's stream, the elder's stream
// commits the stay, and the bed is released when the stay ends or never began.
//
// What may enter: the order of those steps. What may not: the rules of either stream.
package admission
