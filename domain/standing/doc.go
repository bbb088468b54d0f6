// Package standing holds what is known of a subject over time: standings (资质/状态), which hold from a day on until they
// end or lapse, and activities (活动), which happened on a day. Its events stand in the subject's own stream.
//
// What may enter: the words that can be recorded of each kind of subject, and the rules that are the same for all kinds.
// What may not: the rules of one stream, counting.
package standing
