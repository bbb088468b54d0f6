package bus

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
)

const envelopeName = "CloudEvent"

// envelope is the sink that gathers the schema of the attributes. An attribute that is given a value is required.
type envelope struct{ schema *huma.Schema }

// describeEnvelope derives the envelope's schema from what attributes gives. What stands in a message about an event that
// has nothing beyond what the log sees to stands in every message.
func describeEnvelope() *huma.Schema {
	all, always := envelope{object(map[string]*huma.Schema{})}, envelope{object(map[string]*huma.Schema{})}
	attributes(all, event.Recorded{}, 0)
	attributes(always, event.Recorded{
		ID: uuid.Max, Stream: "ledger", Type: "Any.v1", Metadata: event.Metadata{RecordedAt: time.Unix(1, 0)},
	}, UnknownPrevious)
	all.schema.Description = "CloudEvents 1.0 in structured mode. Numbers are decimal strings: they may have 64 bits."
	all.schema.Properties["specversion"] = &huma.Schema{Type: huma.TypeString, Enum: []any{"1.0"}, Description: "The version of CloudEvents"}
	all.schema.Properties["data"] = &huma.Schema{Description: "The event, without sealed personal values"}
	all.schema.Required = append([]string{"specversion", "data"}, always.schema.Required...)
	return all.schema
}

func (e envelope) add(name string, given bool, schema *huma.Schema) {
	e.schema.Properties[name] = schema
	if given {
		e.schema.Required = append(e.schema.Required, name)
	}
}

func (e envelope) id(name string, value uuid.UUID, says string) {
	e.add(name, value != uuid.Nil, &huma.Schema{Type: huma.TypeString, Format: "uuid", Description: says})
}

func (e envelope) text(name, value, says string) {
	one := 1
	e.add(name, value != "", &huma.Schema{Type: huma.TypeString, MinLength: &one, Description: says})
}

func (e envelope) number(name string, _ uint64, says string) {
	e.add(name, true, &huma.Schema{Type: huma.TypeString, Pattern: decimal, Description: says})
}

func (e envelope) time(name string, value time.Time, says string) {
	e.add(name, !value.IsZero(), &huma.Schema{Type: huma.TypeString, Format: "date-time", Description: says})
}

func (e envelope) day(name string, value calendar.Day, says string) {
	e.add(name, value != 0, &huma.Schema{Type: huma.TypeString, Format: "date", Description: says})
}
