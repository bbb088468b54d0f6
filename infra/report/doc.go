// Package report puts a publication on paper: the official table as a PDF and as a workbook, in Chinese, as an office
// hands it on.
//
// What may enter: the content of a publication. What may not: the ledger, the warehouse, anything that the document does
// not say.
package report
