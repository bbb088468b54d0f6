// Package blobs keeps content in files that are named by its hash: the same content is one file, and a file that is not
// what its name says counts as missing.
//
// What may enter: bytes. What may not: what they mean.
package blobs
