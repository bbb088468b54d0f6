// Package notify tells a webhook about alerts.
//
// It follows the log with a checkpoint of its own, so a rebuilt projection tells nobody anything twice. What may enter:
// senders. What may not: who judges, personal values.
package notify
