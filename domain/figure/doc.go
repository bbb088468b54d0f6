// Package figure is the stream of one reported series of one area (上报数): each period's number, and its corrections.
//
// A number is never overwritten: a correction is another event. What may not enter: which indicator uses it.
package figure
