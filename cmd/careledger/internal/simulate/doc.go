// Package simulate makes the records of a prefecture that lives, from its opening month on: people age, move and die,
// houses open beds and places by the plan's annual steps, certificates lapse, records come late or wrong and are put right.
//
// It is pure: the same seed, scale and figures give the same records in the same order. Chance is drawn per entity, from
// the seed and the entity's number alone, so that a person is the same at every scale; what houses, units and offices have
// shares out the totals of the figures, so that these sums are exact. Every name is invented.
//
// What may enter: how a prefecture behaves, and the two forms of a record, command and event. What may not: the figures of
// one prefecture (they are a file), how records are sent or stored.
package simulate
