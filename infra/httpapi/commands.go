package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
)

const (
	singleLimit = 1 << 20
	batchLimit  = 16 << 20
	batchItems  = 10_000

	singlesAtWork, singlesWaiting = 256, 512
	batchesAtWork, batchesWaiting = 4, 16

	bodyTimeout   = 60 * time.Second
	singleTimeout = 30 * time.Second
	batchTimeout  = 5 * time.Minute
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
	Key     string `header:"Idempotency-Key" doc:"Needed. 1 to 200 printable ASCII characters, the same on every retry of this command" example:"018f6f0e-5f7d-7c3a-9d0e-1f6a5b2c3d4e"`
	IfMatch string `header:"If-Match" doc:"The stream revision you have seen, quoted: 412 if the record has moved on" example:"\"7\""`
	Device  string `header:"Careledger-Device" doc:"Which device sends this, at most 100 printable ASCII characters"`
	RawBody []byte `contentType:"application/json"`
	target  map[string]string
}

// Resolve takes the path's parameters, whatever their names.
func (in *commandInput) Resolve(ctx huma.Context) []error {
	in.target = map[string]string{}
	for _, name := range parametersOf(ctx.Operation().Path) {
		in.target[name] = ctx.Param(name)
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
	singles, batches := newGate(singlesAtWork, singlesWaiting), newGate(batchesAtWork, batchesWaiting)
	for _, c := range s.catalogue {
		op := huma.Operation{
			OperationID: c.name, Method: http.MethodPost, Path: "/api/v1" + c.path, Summary: c.summary, Tags: []string{"commands"},
			Description:   "In a batch: `\"type\": \"" + c.name + "\"`, with the path's parameters in `target`.",
			DefaultStatus: http.StatusCreated, MaxBodyBytes: singleLimit, SkipValidateBody: true, BodyReadTimeout: bodyTimeout,
			Parameters: pathParameters(c), Responses: problems(api),
			Middlewares: huma.Middlewares{s.writing(singles)},
		}
		huma.Register(api, op, func(ctx context.Context, in *commandInput) (*commandOutput, error) { return s.single(ctx, c, in) })
		takes(api, op.Path, c.body, c.name)
	}
	huma.Register(api, huma.Operation{
		OperationID: "commands", Method: http.MethodPost, Path: "/api/v1/commands", Tags: []string{"commands"},
		Summary: "Send up to 10,000 commands in 16 MiB; each has its own result",
		Description: "Results come in the order sent. Commands of one stream run in order; one bad item never holds the rest. " +
			"`rejected` with a problem of status 5xx or 429 did not fail by its content: send it again with the same key.",
		MaxBodyBytes: batchLimit, SkipValidateBody: true, BodyReadTimeout: bodyTimeout, Responses: problems(api),
		Middlewares: huma.Middlewares{s.writing(batches)},
	}, s.batch)
	takes(api, "/api/v1/commands", reflect.TypeFor[Batch](), "Batch")
}

// takes describes the body of a command. Huma, which hands it over as it came, describes it as bytes.
func takes(api huma.API, path string, body reflect.Type, name string) {
	schema := api.OpenAPI().Components.Schemas.Schema(body, true, name)
	api.OpenAPI().Paths[path].Post.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

func pathParameters(c spec) []*huma.Param {
	var all []*huma.Param
	for _, name := range c.parameters {
		schema := &huma.Schema{Type: huma.TypeString, Format: "uuid"}
		if strings.HasPrefix(c.path, "/figures/") {
			schema.Format = ""
		}
		all = append(all, &huma.Param{Name: name, In: "path", Required: true, Schema: schema})
	}
	return all
}

func (s *server) single(ctx context.Context, c spec, in *commandInput) (*commandOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, singleTimeout)
	defer cancel()
	who, err := s.caller(ctx, access.Record)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	it, err := s.prepare(ctx, who, c, sent{key: in.Key, device: in.Device, ifMatch: in.IfMatch, target: in.target, body: in.RawBody})
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	outcomes := make([]command.Outcome, 1)
	if err := s.run(ctx, who, []item{it}, outcomes); err != nil {
		return nil, s.fail(ctx, err)
	}
	s.count(c.name, outcomes[0])
	if outcomes[0].Err != nil {
		return nil, s.fail(ctx, outcomes[0].Err)
	}
	out := &commandOutput{Status: http.StatusCreated, Body: receipt(outcomes[0], it.context.ID)}
	out.ETag = strconv.Quote(out.Body.Revision)
	return out, nil
}

// apart describes the route of a command that is not in the catalogue: other roles send it, and never in a batch.
func apart(api huma.API, c spec, tag string, room func(huma.Context, func(huma.Context))) huma.Operation {
	return huma.Operation{
		OperationID: c.name, Method: http.MethodPost, Path: "/api/v1" + c.path, Summary: c.summary, Tags: []string{tag},
		DefaultStatus: http.StatusCreated, MaxBodyBytes: singleLimit, SkipValidateBody: true, BodyReadTimeout: bodyTimeout,
		Responses: problems(api), Middlewares: huma.Middlewares{room},
	}
}

// tell runs such a command for somebody who may do a everywhere: it is about the whole prefecture.
func (s *server) tell(ctx context.Context, a access.Action, c spec, in *commandInput) (*commandOutput, error) {
	who, err := s.caller(ctx, a)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	if !access.Allows(who, a, []string{s.Areas.Root().Code}) {
		return nil, s.fail(ctx, errForbidden)
	}
	it, err := s.prepare(ctx, who, c, sent{key: in.Key, device: in.Device, ifMatch: in.IfMatch, target: in.target, body: in.RawBody})
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	outcome := it.run(ctx)
	s.count(c.name, outcome)
	if outcome.Err != nil {
		return nil, s.fail(ctx, outcome.Err)
	}
	out := &commandOutput{Status: http.StatusCreated, Body: receipt(outcome, it.context.ID)}
	out.ETag = strconv.Quote(out.Body.Revision)
	return out, nil
}

// sent is a command as a client sent it.
type sent struct {
	key, device, ifMatch string
	target               map[string]string
	body                 []byte
	members              map[string]any // body's, where it has been read already
}

// prepare reads a command, so that it can be sealed and run. The hash that tells another body from a retry is over the
// command's name, target and body in canonical form.
func (s *server) prepare(ctx context.Context, who access.Principal, c spec, in sent) (item, error) {
	nothing := item{prepared: &prepared{}}
	switch {
	case in.key == "":
		return nothing, errKeyMissing
	case !printable(in.key, 200):
		return nothing, errKeyForm
	case !printable(in.device, 100):
		return nothing, errDeviceForm
	}
	if in.members == nil {
		var err error
		if in.members, err = object(in.body); err != nil {
			return nothing, err
		}
	}
	canonical, err := json.Marshal([]any{c.name, in.target, in.members}) // members sorted, no blanks
	if err != nil {
		return nothing, fmt.Errorf("write a command in canonical form: %w", err)
	}
	id := command.IDFor(who.ID, in.key)
	r := request{target: in.target, raw: in.body, members: in.members, Context: command.Context{
		ID: id, BodyHash: s.Sealer.Hash(canonical), Actor: who.ID.String(), Device: in.device, CorrelationID: correlationOf(ctx),
		CausationID: id, ReceivedAt: s.Now().UTC(),
	}}
	if r.IfMatch, err = ifMatch(in.ifMatch); err != nil {
		return nothing, err
	}
	p, err := c.prepare(s, r)
	if err != nil {
		return nothing, err
	}
	return item{p, r.Context}, nil
}

func printable(text string, limit int) bool {
	return len(text) <= limit && !strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

func ifMatch(header string) (*uint64, error) {
	if header == "" {
		return nil, nil
	}
	text, opened := strings.CutPrefix(header, `"`)
	text, closed := strings.CutSuffix(text, `"`)
	revision, err := strconv.ParseUint(text, 10, 63)
	if err != nil || !opened || !closed {
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
