package httpapi

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
)

// streamsAtOnce bounds how many streams of one request are worked on beside each other.
const streamsAtOnce = 32

// run seals, claims and executes commands: in order for each stream, streams beside each other. outcomes has one entry
// for each command; those with an error already are passed over.
func (s *server) run(ctx context.Context, who access.Principal, items []item, outcomes []command.Outcome) error {
	if err := s.sealAll(ctx, items, outcomes); err != nil {
		return err
	}
	if err := s.claimAll(ctx, items, outcomes); err != nil {
		return err
	}
	var order []string
	byStream := map[string][]int{}
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		if _, known := byStream[it.stream]; !known {
			order = append(order, it.stream)
		}
		byStream[it.stream] = append(byStream[it.stream], i)
	}
	var group errgroup.Group
	group.SetLimit(streamsAtOnce)
	for _, stream := range order {
		group.Go(func() error {
			s.runStream(ctx, who, stream, byStream[stream], items, outcomes)
			return nil
		})
	}
	return group.Wait()
}

// runStream runs one stream's commands in order; neighbours of one stream alone go in one write.
func (s *server) runStream(ctx context.Context, who access.Principal, stream string, at []int, items []item, outcomes []command.Outcome) {
	for len(at) > 0 {
		i := at[0]
		if err := s.allowed(ctx, who, items[i]); err != nil {
			outcomes[i].Err = err
			at = at[1:]
			continue
		}
		if items[i].run != nil {
			outcomes[i] = items[i].run(ctx)
			at = at[1:]
			continue
		}
		n := 1
		for n < len(at) && items[at[n]].run == nil && items[at[n]].kind == items[i].kind && len(who.Areas) == 0 {
			n++
		}
		batch := make([]item, n)
		for j, k := range at[:n] {
			batch[j] = items[k]
		}
		for j, outcome := range items[i].kind.execute(ctx, s.Handler, stream, batch) {
			outcomes[at[j]] = outcome
		}
		at = at[n:]
	}
}

// allowed checks that the sender may record in the area of the entity. One who is not bound to areas may everywhere.
func (s *server) allowed(ctx context.Context, who access.Principal, it item) error {
	if len(who.Areas) == 0 && access.Allows(who, access.Record, nil) {
		return nil
	}
	code := it.area
	if code == "" {
		var err error
		if code, _, err = it.kind.areaOf(ctx, s.Handler, it.stream); err != nil {
			return err
		}
	}
	if !access.Allows(who, access.Record, s.path(code)) {
		return errForbidden
	}
	return nil
}

// path is an area's code and those above it.
func (s *server) path(code string) []string {
	path := []string{code}
	for _, a := range s.Areas.Ancestors(code) {
		path = append(path, a.Code)
	}
	return path
}

// sealAll seals every personal value of a request in one go. A person who was erased fails only their own command.
func (s *server) sealAll(ctx context.Context, items []item, outcomes []command.Outcome) error {
	var values []personal.Plain
	var into []**event.Sealed
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		for _, seal := range it.seals {
			values = append(values, seal.Plain)
			into = append(into, seal.into)
		}
	}
	if len(values) == 0 {
		return nil
	}
	sealed, err := s.Sealer.Seal(ctx, values)
	if err == nil {
		for i := range sealed {
			*into[i] = &sealed[i]
		}
		return nil
	}
	if len(items) == 1 {
		return s.sealError(err)
	}
	for i := range items { // one of them stops the others: each for itself
		if outcomes[i].Err == nil {
			outcomes[i].Err = s.sealAll(ctx, items[i:i+1], outcomes[i:i+1])
		}
	}
	return nil
}

func (s *server) sealError(err error) error {
	if errors.Is(err, s.Erased) {
		return errErased
	}
	return fmt.Errorf("seal personal values: %w", err)
}

// claimAll claims ID numbers and indexes names before anything is appended.
func (s *server) claimAll(ctx context.Context, items []item, outcomes []command.Outcome) error {
	var claims, index []personal.Entry
	var of []int
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		for range it.claims {
			of = append(of, i)
		}
		claims = append(claims, it.claims...)
		index = append(index, it.index...)
	}
	if len(claims) > 0 {
		holders, err := s.Sealer.Claim(ctx, claims)
		if err != nil {
			return fmt.Errorf("claim ID numbers: %w", err)
		}
		for j, holder := range holders {
			if holder != claims[j].Holder {
				outcomes[of[j]].Err = s.takeOver(ctx, items[of[j]], claims[j], holder)
			}
		}
	}
	if len(index) > 0 {
		if err := s.Sealer.Index(ctx, index); err != nil {
			return fmt.Errorf("index names: %w", err)
		}
	}
	return nil
}

// takeOver gives a claim to the sender where its holder never came to be: a command that was refused after its claim.
func (s *server) takeOver(ctx context.Context, it item, claim personal.Entry, holder string) error {
	_, revision, err := it.kind.areaOf(ctx, s.Handler, holder)
	if err != nil {
		return err
	}
	if revision >= 0 {
		return errIDTaken.At("/id_number")
	}
	taken, err := s.Sealer.Reassign(ctx, claim, holder)
	if err != nil {
		return fmt.Errorf("take over a claim: %w", err)
	}
	if !taken {
		return errIDTaken.At("/id_number")
	}
	return nil
}

// within lists an area and everything below it, by code.
func within(areas *area.Table, code string) []string {
	var codes []string
	for _, a := range areas.Within(code) {
		codes = append(codes, a.Code)
	}
	if len(codes) == 0 {
		codes = []string{code} // a community
	}
	return slices.Clip(codes)
}
