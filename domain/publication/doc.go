// Package publication decides which sets of indicator values an office has sealed: one revision after the other for each
// month, none twice, none for a month that still runs.
//
// What may enter: what was sealed, by which hash and signature. What may not: the values themselves, how they are
// counted, the signing key.
package publication
