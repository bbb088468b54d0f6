// Package elder is the stream of one elder: the register entry, where the elder lives, circumstances, visits, stays,
// and what is known of the elder (package standing).
//
// What may enter: what must hold at once for one person. What may not: beds (the institution's stream), counting.
package elder
