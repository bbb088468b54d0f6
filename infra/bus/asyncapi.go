package bus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/nats-io/nats.go"

	"github.com/careledger/careledger/domain/event"
)

const aPrefecture = "Four digits; " + noPrefecture + " for what belongs to the whole ledger"

// NoticeKind tells Describe what Announce says under a kind: Body is a value of the type that is announced.
type NoticeKind struct {
	Kind string
	Body any
	Says string
}

// Describe answers what a reader of the bus needs to know, as an AsyncAPI 3.0 document in JSON: where what is published,
// the envelope, a message with the schema of its data for each type of the codec, and how to stay complete.
func Describe(codec *event.Codec, kinds ...NoticeKind) ([]byte, error) {
	d := newDocument()
	d.describeRecords(codec.Types())
	d.describeHeads()
	d.describeNotices(kinds)
	var text bytes.Buffer
	w := json.NewEncoder(&text)
	w.SetEscapeHTML(false) // subjects end in >
	w.SetIndent("", " ")
	if err := w.Encode(d); err != nil {
		return nil, fmt.Errorf("describe the bus: %w", err)
	}
	return text.Bytes(), nil
}

func newDocument() document {
	schemas := newSchemas()
	return document{
		AsyncAPI: "3.0.0", DefaultContentType: dataContentType, schemas: schemas,
		Info:     info{Title: "Careledger · 照护台账", Version: "1", Description: aboutTheBus()},
		Channels: map[string]channel{}, Operations: map[string]operation{},
		Components: components{Messages: map[string]message{}, MessageTraits: map[string]trait{}, Schemas: schemas.Map()},
	}
}

func (d *document) describeRecords(types []event.Type) {
	d.Components.Schemas[envelopeName] = describeEnvelope()
	d.Components.MessageTraits[envelopeName] = cloudEvent()
	messages := map[string]ref{}
	for _, t := range types {
		messages[t.Name] = ref{"#/components/messages/" + t.Name}
		d.Components.Messages[t.Name] = d.record(t)
	}
	d.Channels[records] = channel{
		Address: address(records, "prefecture", "county", "category", "event"), Title: "What is recorded",
		Description: "One message for each event of the ledger, in the log's order: a CloudEvents 1.0 object in structured mode. " +
			"`*` stands for any token: `" + records + ".5326.532601.>` is a county, `" + records + ".5326.*.elder.>` what happened to a prefecture's elders.",
		Messages: messages,
		Parameters: map[string]parameter{
			"prefecture": {Description: aPrefecture, Examples: []string{"5326"}, Location: "$message.payload#/prefecture"},
			"county": {
				Description: "The first six digits of the event's area; the prefecture and 00 where the event is of no county",
				Examples:    []string{"532601", "532600"},
			},
			"category": {Description: "The first word of the event's stream: what kind of thing it happened to", Examples: []string{"elder", "institution"}},
			"event":    {Description: "The event's type in kebab case, without its version", Enum: tokens(types)},
		},
	}
	d.say("publishRecord", records, "The relay publishes every event once the log has it")
}

// cloudEvent is what all records share beside their envelope.
func cloudEvent() trait {
	return trait{
		ContentType: ContentType, CorrelationID: &location{Location: "$message.payload#/correlationid"},
		Headers: object(map[string]*huma.Schema{
			contentTypeHeader: {Type: huma.TypeString, Enum: []any{ContentType}},
			nats.MsgIdHdr:     {Type: huma.TypeString, Format: "uuid", Description: "The event's id"},
		}, contentTypeHeader),
	}
}

// record is the message of an event type: the envelope, bound to the type and the shape of its data.
func (d *document) record(t event.Type) message {
	words := strings.ReplaceAll(nameOf(t), "-", " ")
	bound := object(map[string]*huma.Schema{
		"type": {Type: huma.TypeString, Enum: []any{t.Name}},
		"data": d.schemas.Schema(reflect.TypeOf(t.Zero), true, t.Name),
	}, "type", "data")
	return message{
		Name: t.Name, Title: t.Name, Summary: strings.ToUpper(words[:1]) + words[1:],
		Description: "On `" + strings.Join([]string{records, "*", "*", "*", nameOf(t)}, ".") + "`.",
		Traits:      []ref{{"#/components/messageTraits/" + envelopeName}},
		Payload:     &huma.Schema{AllOf: []*huma.Schema{{Ref: schemaPrefix + envelopeName}, bound}},
	}
}

func (d *document) describeHeads() {
	d.Components.Messages["head"] = message{
		Name: "head", Title: "Head", Summary: "The last event that the relay has read from the log",
		Payload: d.schemas.Schema(reflect.TypeFor[announcement](), true, ""),
	}
	d.Channels[heads] = channel{
		Address: address(heads, "prefecture"), Title: "How far the log is",
		Description: fmt.Sprintf("Announced every %d ms while a relay is at work; not kept. "+
			"A reader that is behind its head and gets nothing asks the log.", announceEvery.Milliseconds()),
		Messages: map[string]ref{"head": {"#/components/messages/head"}},
		Parameters: map[string]parameter{
			"prefecture": {Description: aPrefecture + "; `" + wholeLedger + "` for all events together", Examples: []string{"5326", wholeLedger}},
		},
	}
	d.say("announceHead", heads, "The relay says how far the log is")
}

func (d *document) describeNotices(kinds []NoticeKind) {
	about := channel{
		Address: address(notices, "kind", "prefecture"), Title: "That there is something to look at",
		Description: "Between the product's own processes, for open pages. A notice may be lost and is not kept; it says nothing that must not be missed.",
		Messages:    map[string]ref{},
		Parameters:  map[string]parameter{"prefecture": {Description: "Four digits", Examples: []string{"5326"}}},
	}
	kind := parameter{Description: "What the notice is about"}
	for _, k := range kinds {
		name := notices + "." + k.Kind
		kind.Enum = append(kind.Enum, token(k.Kind))
		about.Messages[name] = ref{"#/components/messages/" + name}
		d.Components.Messages[name] = message{
			Name: name, Title: name, Summary: k.Says, Payload: d.schemas.Schema(reflect.TypeOf(k.Body), true, name),
		}
	}
	about.Parameters["kind"] = kind
	d.Channels[notices] = about
	d.say("notify", notices, "A process tells the others")
}

// say adds that this program sends on a channel.
func (d *document) say(name, on, summary string) {
	d.Operations[name] = operation{Action: "send", Channel: ref{"#/channels/" + on}, Summary: summary}
}

// address is a subject with its parameters in braces.
func address(first string, parameters ...string) string {
	for _, p := range parameters {
		first += ".{" + p + "}"
	}
	return first
}

// nameOf is the token that stands for a type in a subject.
func nameOf(t event.Type) string {
	subject := Subject(event.Recorded{Type: t.Name})
	return subject[strings.LastIndexByte(subject, '.')+1:]
}

// tokens are the last tokens of all subjects; versions of one event share theirs.
func tokens(types []event.Type) []string {
	var all []string
	for _, t := range types {
		all = append(all, nameOf(t))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
