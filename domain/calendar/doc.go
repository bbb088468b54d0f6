// Package calendar holds calendar days, months and the statistical periods of the plan.
//
// Days have no time zone: which instant belongs to which day is decided once, by Zone (Asia/Shanghai, no daylight
// saving since 1991). What may enter: dates and periods. What may not: a clock.
package calendar
