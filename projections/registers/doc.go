// Package registers holds the lists that people work from: the register of elders, the alerts as they stand.
//
// What may enter: shapes and SQL text over facts. What may not: a driver, personal values, numbers of indicators.
package registers
