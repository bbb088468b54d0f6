// Package identity says who calls and what they may do: principals with a role and areas, tokens, one-time sign-in codes
// and browser sessions. Only hashes of tokens are kept.
//
// What may enter: who and what for. What may not: HTTP, personal data of the people served.
package identity
