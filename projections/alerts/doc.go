// Package alerts judges cells: an indicator of a county whose newest complete period with records is behind its
// trajectory is an alert; it resolves when the cell recovers or a newer period is judged. A stock, such as beds, is judged
// in the newest period in which its county recorded anything.
//
// Alerts are level-triggered with an id of their own, so judging twice raises once. What may enter: the judgement and
// when it may be trusted. What may not: how a number is counted, how people are told.
package alerts
