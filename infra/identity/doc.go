// Package identity says who calls: tokens, one-time sign-in codes and browser sessions. Only hashes of tokens are kept.
//
// What may enter: who calls. What may not: what they may do (domain/access), HTTP.
package identity
