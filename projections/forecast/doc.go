// Package forecast says where an indicator will stand at its deadline if it goes on as it has, how sure that is, and how
// well the same would have worked in the months that are known.
//
// Two ways of going on are tried. The line is for what swings around a trend, as visits do: a robust slope (Theil–Sen),
// with the season where there are two full years. The walk is for what stays until something changes it, as beds do: from
// where it stands, at its mean pace. Walking through the past month by month, whichever was nearer until then is taken,
// and the interval is widened by as much as it was too narrow until then; the same walk is the back-test.
//
// What may enter: numbers by month and what the plan says of them. What may not: a clock, SQL, one prefecture's plan.
package forecast
