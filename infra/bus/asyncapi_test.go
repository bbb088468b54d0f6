package bus_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/nats-io/nats.go"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/bus"
)

var update = flag.Bool("update", false, "write the golden description anew")

// touched is a notice of these tests.
type touched struct {
	Frontier uint64   `json:"frontier,string"`
	Codes    []string `json:"codes"`
}

func described(t testing.TB) []byte {
	t.Helper()
	text, err := bus.Describe(codec(t), bus.NoticeKind{Kind: "cells", Body: touched{}, Says: "Cells changed"})
	require.NoError(t, err)
	return text
}

// description is what these tests ask of the document.
type description struct {
	Channels map[string]struct {
		Address    string
		Parameters map[string]struct{ Enum []string }
		Messages   map[string]struct {
			Ref string `json:"$ref"`
		}
	}
	Components struct {
		Messages map[string]struct{ Name, Title, Summary, Description string }
		Schemas  map[string]struct {
			Required   []string
			Properties map[string]struct{ Description string }
		}
	}
}

func open(t testing.TB) (d description) {
	t.Helper()
	require.NoError(t, json.Unmarshal(described(t), &d))
	return d
}

func TestTheDescriptionIsTheOneWePublished(t *testing.T) {
	const golden = "testdata/asyncapi.golden.json"
	got := described(t)
	if *update {
		require.NoError(t, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "go test ./infra/bus -update writes it")
	require.JSONEq(t, string(want), string(got), "if this is meant: go test ./infra/bus -update")
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	document := parsed(t, described(t))
	var follow func(v any)
	follow = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			if at, ok := v["$ref"].(string); ok {
				require.NotNil(t, lookUp(document, at), at)
			}
			for _, member := range v {
				follow(member)
			}
		case []any:
			for _, member := range v {
				follow(member)
			}
		}
	}
	follow(document)
}

func lookUp(document any, at string) any {
	for _, step := range strings.Split(strings.TrimPrefix(at, "#/"), "/") {
		object, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = object[step]
	}
	return document
}

func TestEveryParameterStandsInItsAddress(t *testing.T) {
	d := open(t)
	for name, address := range map[string]string{
		"records": "records.{prefecture}.{county}.{category}.{event}", "heads": "heads.{prefecture}", "notices": "notices.{kind}.{prefecture}",
	} {
		c := d.Channels[name]
		require.Equal(t, address, c.Address)
		var named []string
		for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(address, -1) {
			named = append(named, m[1])
		}
		for parameter := range c.Parameters {
			require.Contains(t, named, parameter)
		}
		require.Len(t, c.Parameters, len(named))
	}
	require.Len(t, d.Channels, 3)
	require.Equal(t, []string{"cells"}, d.Channels["notices"].Parameters["kind"].Enum)
}

func TestEveryEventIsDescribed(t *testing.T) {
	d := open(t)
	records := d.Channels["records"]
	form := regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(records.Address), "([A-Za-z0-9_-]+)") + "$")
	types := codec(t).Types()
	require.Len(t, records.Messages, len(types))
	for _, typ := range types {
		require.Equal(t, "#/components/messages/"+typ.Name, records.Messages[typ.Name].Ref)
		message := d.Components.Messages[typ.Name]
		require.Equal(t, typ.Name, message.Name)
		for _, area := range []string{"532601001", "532600", "5326", "", oddText} {
			r := recorded(t, typ)
			r.Metadata.Area = area
			tokens := form.FindStringSubmatch(bus.Subject(r))
			require.NotNil(t, tokens, bus.Subject(r))
			require.Contains(t, records.Parameters["event"].Enum, tokens[4])
			require.Contains(t, message.Description, "`records.*.*.*."+tokens[4]+"`")
		}
	}
}

func TestTheEnvelopeNamesEveryAttributeAndNoOther(t *testing.T) {
	envelope := open(t).Components.Schemas["CloudEvent"]
	r := logged()
	r.Metadata.Traceparent = followed
	body, err := bus.Encode(r, 41)
	require.NoError(t, err)
	var written map[string]any
	require.NoError(t, json.Unmarshal(body, &written))
	for name := range written {
		require.Contains(t, envelope.Properties, name)
		require.NotEmpty(t, envelope.Properties[name].Description, name)
	}
	require.Len(t, envelope.Properties, len(written))
	require.ElementsMatch(t, []string{
		"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data",
		"ledgernumber", "prefecture", "revision", "storecommit", "storeprepare", "schemaversion",
	}, envelope.Required)
}

func TestTheDescriptionSaysHowToStayComplete(t *testing.T) {
	text := string(described(t))
	for _, word := range []string{"How to stay complete", "previousnumber", "sees no chain", "asks the log", "every 100 ms", "`RECORDS`"} {
		require.Contains(t, text, word)
	}
	require.NotContains(t, strings.ToLower(text), "ciphertext")
}

// Every event, filled, is as its message says once it is published; and no other is.
func TestWhatIsPublishedIsAsDescribed(t *testing.T) {
	document, types := described(t), codec(t).Types()
	for i, typ := range types {
		message := compile(t, document, "#/components/messages/"+typ.Name+"/payload")
		for _, previous := range []uint64{0, 41, bus.UnknownPrevious} {
			r := recorded(t, typ)
			body, err := bus.Encode(r, previous)
			require.NoError(t, err)
			require.NoError(t, message.Validate(parsed(t, body)), string(body))
		}
		other, err := bus.Encode(recorded(t, types[(i+1)%len(types)]), 41)
		require.NoError(t, err)
		require.Error(t, message.Validate(parsed(t, other)), "another type")
		r := recorded(t, typ)
		r.Data = []byte(`{}`)
		empty, err := bus.Encode(r, 41)
		require.NoError(t, err)
		require.Error(t, message.Validate(parsed(t, empty)), "its members are asked for")
	}
}

// What an embedded server really carries: a record with its headers, a head, a notice.
func TestWhatGoesOverNATSIsAsDescribed(t *testing.T) {
	url, p, document := serve(t, t.TempDir()), newPaper(), described(t)
	nc, err := nats.Connect(url)
	require.NoError(t, err)
	t.Cleanup(nc.Close)
	listen := func(subject string) *nats.Subscription {
		s, err := nc.SubscribeSync(subject)
		require.NoError(t, err)
		require.NoError(t, nc.Flush())
		return s
	}
	kept, announced, noticed := listen("records.>"), listen("heads.5326"), listen("notices.>")
	b := connect(t, url, 0)
	p.write(1, "532601")
	relay(t, b, p, &note{})
	require.NoError(t, b.Announce(t.Context(), "cells", "5326", touched{Frontier: 7, Codes: []string{"E09"}}))
	for schema, s := range map[string]*nats.Subscription{
		"messages/HomeVisitLogged.v1/payload": kept, "messages/head/payload": announced, "messages/notices.cells/payload": noticed,
	} {
		m, err := s.NextMsg(patience)
		require.NoError(t, err)
		require.NoError(t, compile(t, document, "#/components/"+schema).Validate(parsed(t, m.Data)), string(m.Data))
		if s == kept {
			headers := compile(t, document, "#/components/messageTraits/CloudEvent/headers")
			require.NoError(t, headers.Validate(first(m.Header)))
		}
	}
}

func first(h nats.Header) map[string]any {
	all := map[string]any{}
	for name := range h {
		all[name] = h[name][0]
	}
	return all
}

func compile(t testing.TB, document []byte, at string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	url := "urn:uuid:" + uuid.NewString()
	require.NoError(t, c.AddResource(url, parsed(t, document)))
	s, err := c.Compile(url + at)
	require.NoError(t, err)
	return s
}

func parsed(t testing.TB, text []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	require.NoError(t, err)
	return v
}
