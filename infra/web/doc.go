// Package web holds the page: a Vue application built into dist and embedded into the binary.
//
// What may enter: the page's sources, its build, serving its files. What may not: data; the page asks the API.
package web
