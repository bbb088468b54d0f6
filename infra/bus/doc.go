// Package bus carries the ledger's events to whoever counts or watches them: one relay publishes, feeds read.
//
// Nothing here is the truth. The bus may lose its whole store, a consumer, a message or its connection; a feed then reads
// the log until it meets the chain again. Losing the bus costs time, never a record.
//
// The chain: every message bears its ledger number and the number before it in its prefecture, so that a hole shows; the
// relay announces its head, so that a lost tail shows.
//
// What may enter: the relay, the feed, small notices between the product's own processes, the message's form
// (CloudEvents 1.0, without personal ciphertext) and the description of all that (AsyncAPI 3.0). What may not: what an
// event means, checkpoints of the log's followers, other adapters.
package bus
