// Package childcare is the stream of one childcare institution: its filing, its places and who they are reserved for.
//
// The rules hold on the totals over the whole stream. What may not enter: enrolments (the child's stream), counting.
package childcare
