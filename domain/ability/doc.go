// Package ability knows the assessment of an elder's ability 老年人能力评估 (GB/T 42195-2022): its levels, and which level
// follows from a total score.
//
// What may enter: levels, scores, cut-offs. What may not: who was assessed and when (package standing records it).
package ability
