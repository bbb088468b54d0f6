package bus

import "fmt"

// aboutTheBus says what to rely on, and how to stay complete.
func aboutTheBus() string {
	return fmt.Sprintf("What is published on NATS for whoever follows the ledger. The log is the truth; the bus carries it to readers and may "+
		"lose messages, its whole store included. Messages on `%[1]s.>` are kept by the JetStream stream `%[2]s`, whose oldest go first; "+
		"those on `%[3]s.>` and `%[4]s.>` are not kept. Personal values, which the log holds sealed, are left out.\n\n"+
		"**How to stay complete.** Follow a whole prefecture (`%[1]s.5326.>`) and keep the `ledgernumber` that you took last. Each message bears "+
		"`previousnumber`, the number before it in its prefecture:\n\n"+
		"- its `ledgernumber` is not above yours: you have it already; a message may come more than once.\n"+
		"- its `previousnumber` is not above yours: it is the next one, nothing is missing.\n"+
		"- its `previousnumber` is above yours, or it has none: there may be a hole. Ask the log for what lies behind your number, then go on.\n\n"+
		"`%[3]s.<prefecture>` announces the newest number every %[5]d ms. Where it is above yours and nothing comes, the tail was lost; where "+
		"nothing is announced, no relay is at work or the bus is away: ask the log. Who follows all prefectures (`%[1]s.>`) misses nothing "+
		"where each `ledgernumber` is the one before plus 1.\n\n"+
		"A consumer filtered below the prefecture (by county, category or event) sees no chain, since `previousnumber` counts what the filter "+
		"leaves out. When it must be complete, it asks the log for what lies behind its number.\n\n"+
		"The log is the event store: its `$all` holds the events in order; `storecommit` and `storeprepare` are a place in it. An event too large "+
		"for a message is not published and shows as a hole. Types, attributes and members of `data` that you do not know come from a newer "+
		"version: pass over them.",
		records, streamName, heads, notices, announceEvery.Milliseconds())
}
