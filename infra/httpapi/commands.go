package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
)

const (
	singleLimit = 1 << 20
	batchLimit  = 16 << 20
	batchItems  = 10_000
	waitLimit   = 512
)

// Receipt says what a command did.
type Receipt struct {
	Status    string    `json:"status" enum:"accepted,duplicate" doc:"duplicate: the same command was taken before; this is its result"`
	ID        uuid.UUID `json:"id" format:"uuid" doc:"What the command made or changed"`
	Stream    string    `json:"stream"`
	Revision  string    `json:"revision" doc:"Of the stream after the command; also the ETag"`
	CommandID uuid.UUID `json:"command_id" format:"uuid"`
	Doubts    []string  `json:"doubts" doc:"Rules that a report broke; someone must settle them"`
}

type commandInput struct {
	Key     string `header:"Idempotency-Key" doc:"1 to 200 visible ASCII characters, the same on every retry"`
	IfMatch string `header:"If-Match" doc:"The stream revision you have seen, quoted"`
	Device  string `header:"Careledger-Device" doc:"Which device sends this"`
	RawBody []byte `contentType:"application/json"`
	target  map[string]string
}

// Resolve takes the path's parameters, whatever their names.
func (in *commandInput) Resolve(ctx huma.Context) []error {
	in.target = map[string]string{}
	for part := range strings.SplitSeq(ctx.Operation().Path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = strings.TrimSuffix(name, "}")
			in.target[name] = ctx.Param(name)
		}
	}
	return nil
}

type commandOutput struct {
	Status int
	ETag   string `header:"ETag"`
	Body   Receipt
}

// registerCommands makes a route of every command, and the batch route.
func (s *server) registerCommands(api huma.API) {
	for _, c := range s.catalogue {
		op := huma.Operation{
			OperationID: c.name, Method: http.MethodPost, Path: "/api/v1" + c.path, Summary: c.summary, Tags: []string{"commands"},
			DefaultStatus: http.StatusCreated, MaxBodyBytes: singleLimit, SkipValidateBody: true,
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
				"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(c.body, true, c.name)},
			}},
			Parameters: pathParameters(c.path),
		}
		huma.Register(api, op, func(ctx context.Context, in *commandInput) (*commandOutput, error) { return s.single(ctx, c, in) })
	}
	huma.Register(api, huma.Operation{
		OperationID: "commands", Method: http.MethodPost, Path: "/api/v1/commands", Tags: []string{"commands"},
		Summary: "Send up to 10,000 commands; each has its own result, one bad item never holds the rest", MaxBodyBytes: batchLimit,
		SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/json": {Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Batch](), true, "Batch")},
		}},
	}, s.batch)
}

func pathParameters(path string) []*huma.Param {
	var all []*huma.Param
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			all = append(all, &huma.Param{Name: strings.TrimSuffix(name, "}"), In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
	}
	return all
}

func (s *server) single(ctx context.Context, c spec, in *commandInput) (*commandOutput, error) {
	if !s.enter() {
		return nil, s.fail(ctx, errBusy)
	}
	defer s.leave()
	who, err := s.caller(ctx, access.Record)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	r := request{target: in.target, raw: in.RawBody}
	if r.Context, err = s.context(who, in.Key, in.Device, c.name, in.target, in.RawBody); err != nil {
		return nil, s.fail(ctx, err)
	}
	if r.IfMatch, err = ifMatch(in.IfMatch); err != nil {
		return nil, s.fail(ctx, err)
	}
	p, err := c.prepare(s, r)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	outcomes := make([]command.Outcome, 1)
	if err := s.run(ctx, who, []item{{p, r.Context}}, outcomes); err != nil {
		return nil, s.fail(ctx, err)
	}
	if outcomes[0].Err != nil {
		return nil, s.fail(ctx, outcomes[0].Err)
	}
	out := &commandOutput{Status: http.StatusCreated, Body: receipt(outcomes[0], r.ID)}
	out.ETag = strconv.Quote(out.Body.Revision)
	return out, nil
}

// context says who sends what. The hash is over the command's name, target and body in canonical form.
func (s *server) context(who access.Principal, key, device, name string, target map[string]string, raw []byte) (command.Context, error) {
	if !visible(key, 200) || key == "" || !visible(device, 100) {
		return command.Context{}, errKeyMissing
	}
	if !utf8.Valid(raw) {
		return command.Context{}, errNotJSON
	}
	canonical, err := canonical(name, target, raw)
	if err != nil {
		return command.Context{}, err
	}
	id := command.IDFor(who.ID, key)
	return command.Context{
		ID: id, BodyHash: s.Sealer.Hash(canonical), Actor: who.ID.String(), Device: device, CorrelationID: id, CausationID: id,
		ReceivedAt: s.Now().UTC(),
	}, nil
}

// canonical writes a command so that the order of members and blanks do not matter.
func canonical(name string, target map[string]string, raw []byte) ([]byte, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var body map[string]any
	if err := d.Decode(&body); err != nil || body == nil {
		return nil, errNotJSON
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotJSON
	}
	return json.Marshal([]any{name, target, body})
}

func visible(text string, limit int) bool {
	return len(text) <= limit && !strings.ContainsFunc(text, func(r rune) bool { return r < 0x21 || r > 0x7e })
}

func ifMatch(header string) (*uint64, error) {
	if header == "" || header == "*" {
		return nil, nil
	}
	text, err := strconv.Unquote(header)
	if err != nil {
		return nil, errIfMatch
	}
	revision, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return nil, errIfMatch
	}
	return &revision, nil
}

func receipt(o command.Outcome, id uuid.UUID) Receipt {
	r := Receipt{
		Status: "accepted", ID: o.Entity, Stream: o.Stream, Revision: strconv.FormatUint(o.Revision, 10), CommandID: id, Doubts: o.Doubts,
	}
	if o.Duplicate {
		r.Status = "duplicate"
	}
	if r.Doubts == nil {
		r.Doubts = []string{}
	}
	return r
}

// enter takes one of the places for commands at work or waiting.
func (s *server) enter() bool {
	select {
	case s.places <- struct{}{}:
		return true
	default:
		return false
	}
}

func (s *server) leave() { <-s.places }
