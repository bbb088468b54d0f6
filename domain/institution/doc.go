// Package institution is the stream of one elder-care institution: its beds and who they are reserved for.
//
// The rules hold on the totals over the whole stream, which is what the log can decide at once; effective days order
// the counts of indicators, not the decisions. What may not enter: stays (the elder's stream), counting.
package institution
