// Package unit is the stream of one unit (单位): a community, a new estate, an elders' school, a hospital, a person on staff.
//
// What may enter: its registration, its closing and what is known of it (package standing). What may not: institutions,
// which have beds or places to account for.
package unit
