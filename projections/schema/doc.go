// Package schema says which tables a projection keeps its rows in, without saying on how many servers they lie.
//
// What may enter: names, columns and keys of tables, as SQL text. What may not: engines, clusters, a driver.
package schema
