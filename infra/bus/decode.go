package bus

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

// Decode reads what Encode wrote; attributes it does not know are passed over. Event is nil: the codec fills it.
// The result's Data shares b's bytes.
func Decode(b []byte) (r event.Recorded, previous uint64, err error) {
	d := decoder{scanner: scanner{in: b}, previous: UnknownPrevious}
	if err := d.members(d.attribute); err != nil {
		return event.Recorded{}, 0, fmt.Errorf("decode a message of the bus: %w", err)
	}
	if d.next() != 0 || d.r.Number == 0 || d.r.ID == uuid.Nil || d.r.Type == "" {
		return event.Recorded{}, 0, errMessage
	}
	return d.r, d.previous, nil
}

var errMessage = errors.New("decode a message of the bus: not a CloudEvent of the ledger")

type decoder struct {
	scanner
	r        event.Recorded
	previous uint64
}

func (d *decoder) attribute(key []byte) error {
	switch string(key) {
	case "data":
		data, err := d.value()
		d.r.Data = data
		return err
	case "id":
		return d.id(&d.r.ID)
	case "source":
		return d.source()
	case "type":
		return d.string(&d.r.Type)
	case "subject":
		return d.string(&d.r.Stream)
	case "ledgernumber":
		return d.number(&d.r.Number)
	case "previousnumber":
		return d.number(&d.previous)
	case "revision":
		return d.number(&d.r.Revision)
	case "storecommit":
		return d.number(&d.r.Position.Commit)
	case "storeprepare":
		return d.number(&d.r.Position.Prepare)
	}
	return d.metadata(key)
}

func (d *decoder) metadata(key []byte) error {
	m := &d.r.Metadata
	switch string(key) {
	case "time":
		return d.time(&m.RecordedAt)
	case "receivedat":
		return d.time(&m.ReceivedAt)
	case "area":
		return d.string(&m.Area)
	case "actor":
		return d.string(&m.Actor)
	case "device":
		return d.string(&m.Device)
	case "traceparent":
		return d.string(&m.Traceparent)
	case "commandid":
		return d.id(&m.CommandID)
	case "correlationid":
		return d.id(&m.CorrelationID)
	case "causationid":
		return d.id(&m.CausationID)
	case "occurredon":
		return d.day(&m.OccurredOn)
	case "schemaversion":
		var v uint64
		err := d.number(&v)
		m.Schema = int(v)
		return err
	}
	_, err := d.value()
	return err
}

func (d *decoder) string(into *string) error {
	v, err := d.text()
	*into = string(v)
	return err
}

func (d *decoder) id(into *uuid.UUID) error {
	v, err := d.text()
	if err != nil {
		return err
	}
	*into, err = uuid.ParseBytes(v)
	return err
}

func (d *decoder) number(into *uint64) error {
	v, err := d.text()
	if err != nil {
		return err
	}
	*into, err = strconv.ParseUint(string(v), 10, 64)
	return err
}

func (d *decoder) time(into *time.Time) error {
	v, err := d.text()
	if err != nil {
		return err
	}
	*into, err = time.Parse(time.RFC3339Nano, string(v))
	return err
}

func (d *decoder) day(into *calendar.Day) error {
	v, err := d.text()
	if err != nil {
		return err
	}
	*into, err = calendar.ParseDay(string(v))
	return err
}

func (d *decoder) source() error {
	v, err := d.text()
	if err != nil {
		return err
	}
	ledger, found := bytes.CutPrefix(v, []byte("/ledgers/"))
	if !found {
		return errJSON
	}
	d.r.Metadata.Ledger, err = uuid.ParseBytes(ledger)
	return err
}
