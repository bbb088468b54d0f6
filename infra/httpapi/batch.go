package httpapi

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
)

// Batch is many commands in one request.
type Batch struct {
	Commands []BatchItem `json:"commands" maxItems:"10000"`
}

// BatchItem is one command of a batch.
type BatchItem struct {
	Key    string            `json:"key" doc:"The idempotency key of this command"`
	Type   string            `json:"type" doc:"The command's name, e.g. log-home-visit"`
	Target map[string]string `json:"target,omitempty" doc:"What stands in the command's path, e.g. {\"elder\": \"…\"}"`
	Body   json.RawMessage   `json:"body"`
}

// BatchResult is the result of one command, in the order they were sent.
type BatchResult struct {
	Key string `json:"key"`
	*Receipt
	Status  string   `json:"status" enum:"accepted,duplicate,rejected,conflict"`
	Problem *Problem `json:"problem,omitempty"`
}

type batchInput struct {
	Device  string `header:"Careledger-Device"`
	RawBody []byte `contentType:"application/json"`
}

type batchOutput struct {
	Body struct {
		Results []BatchResult `json:"results"`
	}
}

func (s *server) batch(ctx context.Context, in *batchInput) (*batchOutput, error) {
	if !s.enter() {
		return nil, s.fail(ctx, errBusy)
	}
	defer s.leave()
	who, err := s.caller(ctx, access.Record)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var b Batch
	if err := decode(in.RawBody, &b); err != nil {
		return nil, s.fail(ctx, err)
	}
	if len(b.Commands) > batchItems {
		return nil, s.fail(ctx, errBatchSize.At("/commands"))
	}
	items, outcomes := make([]item, len(b.Commands)), make([]command.Outcome, len(b.Commands))
	for i, c := range b.Commands {
		items[i], outcomes[i].Err = s.prepareItem(who, in.Device, c)
	}
	if err := s.run(ctx, who, items, outcomes); err != nil {
		return nil, s.fail(ctx, err)
	}
	out := &batchOutput{}
	out.Body.Results = make([]BatchResult, len(items))
	for i := range items {
		out.Body.Results[i] = s.result(ctx, b.Commands[i].Key, items[i], outcomes[i])
	}
	return out, nil
}

func (s *server) prepareItem(who access.Principal, device string, c BatchItem) (item, error) {
	spec, known := s.byName[c.Type]
	if !known {
		return item{prepared: &prepared{}}, errUnknownCommand.At("/type")
	}
	context, err := s.context(who, c.Key, device, c.Type, c.Target, c.Body)
	if err != nil {
		return item{prepared: &prepared{}}, err
	}
	p, err := spec.prepare(s, request{Context: context, target: c.Target, raw: c.Body})
	if p == nil {
		p = &prepared{}
	}
	return item{p, context}, err
}

func (s *server) result(ctx context.Context, key string, it item, o command.Outcome) BatchResult {
	if o.Err == nil {
		r := receipt(o, it.context.ID)
		return BatchResult{Key: key, Receipt: &r, Status: r.Status}
	}
	result := BatchResult{Key: key, Status: "rejected", Problem: problemOf(ctx, s.Logger, o.Err)}
	if errors.Is(o.Err, command.ErrKeyReused) || errors.Is(o.Err, command.ErrStale) {
		result.Status = "conflict"
	}
	return result
}
