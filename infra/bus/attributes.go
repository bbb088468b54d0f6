package bus

import (
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// sink takes the attributes of a message one after another, each with what it means to a reader. Encode writes them, the
// published description tells of them.
type sink interface {
	id(name string, value uuid.UUID, says string)
	text(name, value, says string)
	number(name string, value uint64, says string)
	time(name string, value time.Time, says string)
	day(name string, value calendar.Day, says string)
}

// attributes gives a message's attributes, all but specversion, in the order in which they are written. Those behind
// datacontenttype are extensions of CloudEvents.
func attributes(s sink, r event.Recorded, previous uint64) {
	m := r.Metadata
	s.id("id", r.ID, "The event's id; the same however often it is published")
	s.text("source", "/ledgers/"+m.Ledger.String(), "The ledger: /ledgers/ and its id")
	s.text("type", r.Type, "What happened, with the version of the shape of `data`")
	s.text("subject", r.Stream, "The stream that the event belongs to, e.g. elder-5326-…")
	s.time("time", m.RecordedAt, "When the log took it, UTC")
	s.text("datacontenttype", dataContentType, "Always "+dataContentType)
	s.number("ledgernumber", r.Number, "The event's number in the ledger, from 1, without gaps over all prefectures")
	if previous != UnknownPrevious {
		s.number("previousnumber", previous, "The number before it in its prefecture, 0 where it is the first; "+
			"left out where the relay could not know it: ask the log")
	}
	s.text("prefecture", prefectureOf(m), aPrefecture)
	s.text("area", m.Area, "The area's code then: 6, 9 or 12 digits")
	s.number("revision", r.Revision, "The event's place in its stream, from 0")
	s.id("commandid", m.CommandID, "The command that caused it; one command may cause several events")
	s.id("correlationid", m.CorrelationID, "Shared by everything that goes back to one request")
	s.id("causationid", m.CausationID, "What came right before: a command or an event")
	s.text("actor", m.Actor, "Who did it: an opaque id, or the name of a process")
	s.text("device", m.Device, "The device that sent it, as it called itself")
	s.day("occurredon", m.OccurredOn, "The calendar day (Asia/Shanghai) on which it happened")
	s.time("receivedat", m.ReceivedAt, "When the command came in, UTC")
	s.text("traceparent", m.Traceparent, "W3C Trace Context of the step that appended it, where that is being followed; else left out")
	s.number("storecommit", r.Position.Commit, "With storeprepare: where this log keeps it, to read on from there; means nothing in another log")
	s.number("storeprepare", r.Position.Prepare, "See storecommit")
	s.number("schemaversion", uint64(max(m.Schema, 0)), "The version of the shape of these attributes")
}
