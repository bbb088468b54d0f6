// Package enrolment enrols and withdraws: a place is reserved in the childcare institution's stream, the child's stream
// commits the enrolment, and the place is released when the enrolment ends or never began.
//
// What may enter: the order of those steps. What may not: the rules of either stream.
package enrolment
