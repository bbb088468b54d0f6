// Package golden holds events to the bytes of their first release: a file per event type and version, never edited
// after that. A shape that must change becomes a new version with an upcaster.
//
// What may enter: comparing. What may not: any event. Only tests import it.
package golden
