// Package access says who may do what where: principals, roles, actions.
//
// What may enter: plain decisions. What may not: tokens, sessions, HTTP.
package access
