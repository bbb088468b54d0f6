// Package elder is the stream of one elder: the register entry, circumstances, visits and stays.
//
// What may enter: what must hold at once for one person. What may not: beds (the institution's stream), counting.
package elder
