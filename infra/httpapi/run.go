package httpapi

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/person"
	"github.com/careledger/careledger/domain/personal"
)

const (
	// streamsAtOnce bounds how many streams of one request are worked on beside each other.
	streamsAtOnce = 96
	// writeAtOnce bounds how many commands of one stream go into one append.
	writeAtOnce = 500
)

// run seals, claims and executes commands: in order for each stream, streams beside each other. outcomes has one entry
// for each command; those with an error already are passed over.
func (s *server) run(ctx context.Context, who access.Principal, items []item, outcomes []command.Outcome) error {
	if err := s.sealAll(ctx, items, outcomes); err != nil {
		return err
	}
	if err := s.claimAll(ctx, items, outcomes); err != nil {
		return err
	}
	defer s.settle(items)
	streams := byStream(items, outcomes)
	var group errgroup.Group
	group.SetLimit(streamsAtOnce)
	for _, at := range streams {
		if contested(items, at) {
			continue
		}
		group.Go(func() error {
			s.runStream(ctx, who, at, items, outcomes)
			return nil
		})
	}
	_ = group.Wait() // each command's error is in its outcome
	// What waits for another's claim comes last: that other may be of this request.
	for _, at := range streams {
		if contested(items, at) {
			s.runContested(ctx, who, at, items, outcomes)
		}
	}
	for i := range outcomes {
		outcomes[i].Err = named(outcomes[i].Err, items[i])
	}
	return nil
}

// named adds to the refusal of something that is not there which one is meant: where it stands, and its id.
func named(err error, it item) error {
	f, refused := fault.Of(err)
	if !refused || f.Kind != fault.NotFound || it.prepared == nil {
		return err
	}
	noun, isID := strings.CutSuffix(f.Code, "-not-found")
	for _, r := range it.ids {
		if isID && strings.HasSuffix(r.pointer, "/"+noun) {
			id := r.id.String()
			return fault.New(f.Kind, f.Code, f.Chinese+"（"+id+"）", f.English+" ("+id+")").At(r.pointer)
		}
	}
	return err
}

// byStream gathers the places of the commands of each stream, in order.
func byStream(items []item, outcomes []command.Outcome) [][]int {
	var streams [][]int
	known := map[string]int{}
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		n, ok := known[it.stream]
		if !ok {
			n = len(streams)
			known[it.stream] = n
			streams = append(streams, nil)
		}
		streams[n] = append(streams[n], i)
	}
	return streams
}

func contested(items []item, at []int) bool {
	for _, i := range at {
		if len(items[i].contested) > 0 {
			return true
		}
	}
	return false
}

func (s *server) runContested(ctx context.Context, who access.Principal, at []int, items []item, outcomes []command.Outcome) {
	var left []int
	for _, i := range at {
		if len(items[i].contested) > 0 {
			if err := s.takeOver(ctx, items[i]); err != nil {
				outcomes[i].Err = err
				continue
			}
		}
		left = append(left, i)
	}
	s.runStream(ctx, who, left, items, outcomes)
}

// runStream runs one stream's commands in order; neighbours of one stream alone go in one write.
func (s *server) runStream(ctx context.Context, who access.Principal, at []int, items []item, outcomes []command.Outcome) {
	for len(at) > 0 {
		i, n := at[0], 1
		switch err := s.allowed(ctx, who, items[i]); {
		case err != nil:
			outcomes[i].Err = err
		case items[i].run != nil:
			outcomes[i] = items[i].run(ctx)
		default:
			n = s.neighbours(who, at, items)
			together := make([]item, n)
			for j, k := range at[:n] {
				together[j] = items[k]
			}
			for j, outcome := range items[i].kind.execute(ctx, s.Handler, items[i].stream, together) {
				outcomes[at[j]] = outcome
			}
		}
		done := make([]item, n)
		for j, k := range at[:n] {
			done[j] = items[k]
		}
		s.settle(done)
		at = at[n:]
	}
}

// neighbours counts the commands that may go in one write with the first. One who is bound to areas has each command
// checked against what the one before has done.
func (s *server) neighbours(who access.Principal, at []int, items []item) int {
	n := 1
	for n < len(at) && n < writeAtOnce && items[at[n]].run == nil && len(who.Areas) == 0 {
		n++
	}
	return n
}

// allowed checks that the sender may record in the area of the entity. Whether there is such an entity is for the
// rules of its stream to say.
func (s *server) allowed(ctx context.Context, who access.Principal, it item) error {
	var path []string
	if len(who.Areas) > 0 {
		code := it.area
		if code == "" {
			var revision int64
			var err error
			if code, revision, err = it.kind.areaOf(ctx, s.Handler, it.stream); err != nil || revision < 0 {
				return err
			}
		}
		path = s.path(code)
	}
	if !access.Allows(who, access.Record, path) || it.action != "" && !access.Allows(who, it.action, path) {
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

// sealAll seals every personal value of a request in one go. A person who was erased fails only their own commands.
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
	switch {
	case err == nil:
		for i := range sealed {
			*into[i] = &sealed[i]
		}
		return nil
	case !errors.Is(err, s.Erased):
		return fmt.Errorf("seal personal values: %w", err)
	case len(items) == 1:
		return person.ErrErased
	}
	for i := range items { // one of them stops the others: each for itself
		if outcomes[i].Err == nil {
			outcomes[i].Err = s.sealAll(ctx, items[i:i+1], outcomes[i:i+1])
		}
	}
	return nil
}
