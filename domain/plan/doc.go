// Package plan holds a plan as data: definitions of indicators, targets, annual steps, tolerances; and judges a value
// against its targets.
//
// A plan is a JSON file (plans/wenshan-2022.json is embedded); nothing about one prefecture is in code.
// What may enter: targets, trajectories, statuses. What may not: how a value is counted (projections do that).
package plan
