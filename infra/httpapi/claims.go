package httpapi

import (
	"context"
	"fmt"
	"sync"

	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/personal"
)

// claims keeps two records from getting one ID number. A claim whose stream never came to be may be taken over, but
// not while a command that would make the stream is still on its way: inFlight counts those by stream. The vault has
// one process, so this is enough.
type claims struct {
	mu       sync.Mutex
	inFlight map[string]int
}

// claimAll claims ID numbers and indexes names before anything is appended. It marks the commands whose claim somebody
// else holds as contested; every other claim is in flight until settle.
func (s *server) claimAll(ctx context.Context, items []item, outcomes []command.Outcome) error {
	var entries, index []personal.Entry
	var of []int
	for i, it := range items {
		if outcomes[i].Err != nil {
			continue
		}
		for range it.claims {
			of = append(of, i)
		}
		entries = append(entries, it.claims...)
		index = append(index, it.index...)
	}
	if err := s.claim(ctx, items, entries, of); err != nil {
		return err
	}
	if len(index) > 0 {
		if err := s.Sealer.Index(ctx, index); err != nil {
			s.settle(items)
			return fmt.Errorf("index names: %w", err)
		}
	}
	return nil
}

func (s *server) claim(ctx context.Context, items []item, entries []personal.Entry, of []int) error {
	if len(entries) == 0 {
		return nil
	}
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	holders, err := s.Sealer.Claim(ctx, entries)
	if err != nil {
		return fmt.Errorf("claim ID numbers: %w", err)
	}
	for j, holder := range holders {
		p := items[of[j]].prepared
		if holder != entries[j].Holder {
			p.contested = append(p.contested, contest{entries[j], holder})
			continue
		}
		s.claims.hold(p)
	}
	return nil
}

// contest is a claim that another stream holds.
type contest struct {
	personal.Entry
	holder string
}

func (c *claims) hold(p *prepared) {
	c.inFlight[p.stream]++
	p.held++
}

// settle ends the flight of claims: their commands were executed, or never will be.
func (s *server) settle(items []item) {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	for _, it := range items {
		if it.held == 0 {
			continue
		}
		if s.claims.inFlight[it.stream] -= it.held; s.claims.inFlight[it.stream] <= 0 {
			delete(s.claims.inFlight, it.stream)
		}
		it.held = 0
	}
}

// takeOver gives contested claims to the sender where their holder never came to be: its command was refused after
// its claim.
func (s *server) takeOver(ctx context.Context, it item) error {
	s.claims.mu.Lock()
	defer s.claims.mu.Unlock()
	for _, c := range it.contested {
		if s.claims.inFlight[c.holder] > 0 {
			return errContended
		}
		_, revision, err := it.kind.areaOf(ctx, s.Handler, c.holder)
		if err != nil {
			return err
		}
		if revision >= 0 {
			return errIDTaken.At("/id_number")
		}
		taken, err := s.Sealer.Reassign(ctx, c.Entry, c.holder)
		if err != nil {
			return fmt.Errorf("take over a claim: %w", err)
		}
		if !taken {
			return errContended
		}
		s.claims.hold(it.prepared)
	}
	return nil
}
