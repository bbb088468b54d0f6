// Package alert is the stream of one alert: an indicator of an area and period behind its trajectory.
//
// What may enter: raised once, resolved once, raised again. What may not: the judgement (projections/alerts).
package alert
