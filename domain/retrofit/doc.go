// Package retrofit is the stream of one home retrofit (居家适老化改造): applied, approved, accepted.
//
// What may enter: the order of those steps. What may not: counting households.
package retrofit
