// Package feasibility holds a plan against itself: its figures, forecasts, yearly steps, targets and the sentences of its
// text must be possible together. What is not is found by computing and said with the numbers.
//
// What may enter: rules that hold for any plan. What may not: one plan's numbers, what has been recorded.
package feasibility
