// Package plan holds a plan as data: definitions of indicators in their versions, targets of the whole and of areas, annual
// steps, tolerances, and what the plan's text states; and judges a value against its targets.
//
// A plan is a JSON file (plans/wenshan-2022.json is embedded); nothing about one prefecture is in code. Check says all that
// is wrong with such a file, by line. Targets of areas are named in it, allotted by its rule, or adopted, revised and
// withdrawn by events of its stream.
// What may enter: targets, trajectories, statuses, what a plan states. What may not: how a value is counted, whether the
// plan can be met (projections do that).
package plan
