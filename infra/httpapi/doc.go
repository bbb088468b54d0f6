// Package httpapi is the door: commands and questions over HTTP, with an OpenAPI 3.1 description from the code.
//
// One catalogue describes every command; the single routes and the batch route share it. problem.go is the only place
// that turns errors into HTTP. What may enter: reading requests, sealing personal values, writing answers. What may not:
// rules (domain), how anything is counted (projections), other adapters.
package httpapi
