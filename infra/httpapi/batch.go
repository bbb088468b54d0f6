package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/fault"
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
	Device  string `header:"Careledger-Device" doc:"Which device sends this"`
	RawBody []byte `contentType:"application/json"`
}

// BatchResults answers a batch.
type BatchResults struct {
	Results []BatchResult `json:"results"`
}

func (s *server) batch(ctx context.Context, in *batchInput) (*answer[BatchResults], error) {
	ctx, cancel := context.WithTimeout(ctx, batchTimeout)
	defer cancel()
	who, err := s.caller(ctx, access.Record)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	raw, err := batchOf(in.RawBody)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	envelopes, items, outcomes := make([]BatchItem, len(raw)), make([]item, len(raw)), make([]command.Outcome, len(raw))
	beside(len(raw), func(i int) {
		items[i], outcomes[i].Err = s.prepareItem(ctx, who, in.Device, raw[i], &envelopes[i])
	})
	refuseReused(items, outcomes)
	if err := s.run(ctx, who, items, outcomes); err != nil {
		return nil, s.fail(ctx, err)
	}
	if err := allUnavailable(outcomes); err != nil {
		return nil, s.fail(ctx, err)
	}
	results := make([]BatchResult, len(items))
	for i := range items {
		s.count(s.nameOf(envelopes[i].Type), outcomes[i])
		results[i] = s.result(ctx, envelopes[i].Key, items[i], outcomes[i])
	}
	return &answer[BatchResults]{BatchResults{results}}, nil
}

// batchOf splits a batch into its items, each to be read for itself.
func batchOf(body []byte) ([]json.RawMessage, error) {
	if !utf8.Valid(body) {
		return nil, errNotJSON
	}
	var batch map[string]json.RawMessage
	var mistyped *json.UnmarshalTypeError
	switch err := json.Unmarshal(body, &batch); {
	case errors.As(err, &mistyped), err == nil && batch == nil:
		return nil, errNotObject
	case err != nil:
		return nil, errNotJSON
	}
	for name := range batch {
		if name != "commands" {
			return nil, errUnknownField.At("/" + pointerEscape(name))
		}
	}
	var items []json.RawMessage
	switch err := json.Unmarshal(batch["commands"], &items); {
	case batch["commands"] == nil, items == nil && err == nil:
		return nil, errMissing.At("/commands")
	case err != nil:
		return nil, errWrongType.At("/commands")
	case len(items) > batchItems:
		return nil, errBatchSize.At("/commands")
	}
	return items, nil
}

func (s *server) prepareItem(ctx context.Context, who access.Principal, device string, raw []byte, c *BatchItem) (item, error) {
	nothing := item{prepared: &prepared{}}
	members, err := object(raw)
	if err != nil {
		return nothing, err
	}
	if err := s.envelope.fill(raw, members, c); err != nil {
		return nothing, err
	}
	spec, known := s.byName[c.Type]
	if !known {
		return nothing, errUnknownCommand.At("/type")
	}
	for name := range c.Target {
		if !slices.Contains(spec.parameters, name) {
			return nothing, errUnknownField.At("/target/" + pointerEscape(name))
		}
	}
	body, ok := members["body"].(map[string]any)
	if !ok {
		return nothing, errNotObject
	}
	return s.prepare(ctx, who, spec, sent{key: c.Key, device: device, target: c.Target, body: c.Body, members: body})
}

// beside calls do for 0 to n-1, on as many processors as there are.
func beside(n int, do func(i int)) {
	var group errgroup.Group
	workers := min(runtime.GOMAXPROCS(0), 1+n/64)
	for worker := range workers {
		group.Go(func() error {
			for i := worker; i < n; i += workers {
				do(i)
			}
			return nil
		})
	}
	_ = group.Wait() // nothing is answered
}

// refuseReused refuses a key that stands twice in a batch with another command: their streams would not know of each
// other.
func refuseReused(items []item, outcomes []command.Outcome) {
	first := make(map[uuid.UUID]string, len(items))
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		hash, used := first[it.context.ID]
		switch {
		case !used:
			first[it.context.ID] = it.context.BodyHash
		case hash != it.context.BodyHash:
			outcomes[i].Err = command.ErrKeyReused
		}
	}
}

// allUnavailable answers why, where not one command of a batch could be tried.
func allUnavailable(outcomes []command.Outcome) error {
	for _, o := range outcomes {
		if f, ok := fault.Of(o.Err); o.Err == nil || !ok || f.Kind != fault.Unavailable {
			return nil
		}
	}
	if len(outcomes) == 0 {
		return nil
	}
	return outcomes[0].Err
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
