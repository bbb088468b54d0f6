// Package words says in Chinese and English how a number stands: short sentences for a cell, and how numbers and units are
// written in them.
//
// What may enter: sentences made of numbers. What may not: judging (domain/plan does), counting, names of people.
package words
