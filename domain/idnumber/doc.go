// Package idnumber reads citizen identity numbers by GB 11643: form, check digit, day of birth, sex.
//
// The area digits say where a number was issued long ago; a residence is never inferred from them. No error carries the
// number. What may not enter: storing or indexing numbers.
package idnumber
