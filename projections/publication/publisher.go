package publication

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/domain/publication"
	"github.com/careledger/careledger/projections/indicators"
)

// Store answers numbers from facts, and how many events there were.
type Store interface {
	indicators.Store
	// Late counts events between two ledger numbers: after from, up to and including to.
	Late(ctx context.Context, prefecture string, from, to uint64) ([]Late, error)
}

// Files keeps contents by their SHA-256 in hex. Get answers nothing where there is none that is whole.
type Files interface {
	Put(hash string, content []byte) error
	Get(hash string) ([]byte, bool)
}

// Reached is the whole ledger as it is at one moment: how many events, their root in base64, and the number of the
// prefecture's newest.
type Reached struct {
	Size uint64
	Root string
	Last uint64
}

// Publisher seals and answers the publications of one prefecture.
type Publisher struct {
	Rules   Rules // those in force
	Adopted func(ctx context.Context, plan, planSHA256, areasSHA256 string) (Rules, error)
	Targets func(ctx context.Context, plan string) ([]plan.AreaTarget, error) // that were adopted, in the log's order
	Ledger  uuid.UUID
	Facts   int
	Handler *command.Handler
	Reach   func(ctx context.Context) (Reached, error)
	Store   func() Store // the one that serves
	Files   Files
	Key     func() (ed25519.PrivateKey, error) // made at the first call
	Now     func() time.Time
}

// List answers everything that was sealed, oldest first.
func (p *Publisher) List(ctx context.Context) (all []publication.Sealed, err error) {
	err = command.View(ctx, p.Handler, publication.Decider(), p.stream(), func(s publication.State, _ int64) {
		all = append(all, s.All...)
	})
	return all, err
}

func (p *Publisher) prefecture() string { return p.Rules.Plan.Prefecture }

func (p *Publisher) stream() string { return publication.Stream(p.prefecture()) }

// Find answers a publication by its id, or the newest revision of a month.
func (p *Publisher) Find(ctx context.Context, idOrMonth string) (publication.Sealed, error) {
	all, err := p.List(ctx)
	if err != nil {
		return publication.Sealed{}, err
	}
	state, found := publication.State{All: all}, false
	var sealed publication.Sealed
	if month, err := calendar.ParseMonth(idOrMonth); err == nil {
		sealed, found = state.Newest(month)
	} else if id, err := uuid.Parse(idOrMonth); err == nil {
		sealed, found = state.Find(id)
	}
	if !found {
		return sealed, ErrNone
	}
	return sealed, nil
}

// Seal publishes a month as the ledger knows it now. The same command again answers its first result.
func (p *Publisher) Seal(ctx context.Context, month calendar.Month, by command.Context) command.Outcome {
	id := command.EntityFor(by.ID, "publication")
	known, remembered, err := command.Remembered(ctx, p.Handler, publication.Decider(), p.stream(), by, id)
	if err != nil || remembered {
		known.Err = errors.Join(known.Err, err)
		return known
	}
	today := calendar.DayOf(by.ReceivedAt)
	sealed, content, err := p.draft(ctx, id, month, today)
	if err != nil {
		return command.Outcome{Err: err}
	}
	if err := p.Files.Put(sealed.Hash, content); err != nil {
		return command.Outcome{Err: fmt.Errorf("keep the publication: %w", err)}
	}
	return command.Execute(ctx, p.Handler, publication.Decider(), p.stream(), []command.Item[publication.Command]{{
		Context: by, Entity: id, OccurredOn: today, Command: publication.Seal{Sealed: sealed},
	}})[0]
}

// draft counts and signs a month. It refuses at once what its stream would refuse later.
func (p *Publisher) draft(ctx context.Context, id uuid.UUID, month calendar.Month, today calendar.Day) (s publication.Sealed, content []byte, err error) {
	if err := publication.Over(month, today); err != nil {
		return s, nil, err
	}
	if month < p.Rules.Plan.BaselineOn.Month() {
		return s, nil, ErrEarly.At("/period")
	}
	all, err := p.List(ctx)
	if err != nil {
		return s, nil, err
	}
	reached, err := p.caughtUp(ctx, month)
	if err != nil {
		return s, nil, err
	}
	targets, err := p.Targets(ctx, p.Rules.Plan.ID)
	if err != nil {
		return s, nil, fmt.Errorf("read the adopted targets: %w", err)
	}
	s = publication.Sealed{
		Publication: id, Area: p.Rules.Areas.Root().Code, Period: month, Revision: 1, SealedOn: today, Position: reached.Size, Root: reached.Root,
		Plan: p.Rules.Plan.ID, PlanSHA256: p.Rules.PlanSHA256, AreasSHA256: p.Rules.AreasSHA256, Targets: len(targets),
		Facts: p.Facts,
	}
	before, revised := publication.State{All: all}.Newest(month)
	if revised {
		s.Revision, s.Supersedes = before.Revision+1, &before.Publication
	}
	c, err := p.content(ctx, s, all)
	if err != nil {
		return s, nil, err
	}
	if s.Numbers, err = numbersOf(c.Cells); err != nil {
		return s, nil, err
	}
	if revised && s.Numbers == before.Numbers {
		return s, nil, publication.ErrUnchanged
	}
	s.Cells = len(c.Cells)
	if c.Reasons != nil {
		s.Changed, s.Late = len(c.Reasons.Cells), c.Reasons.events()
	}
	key, err := p.Key()
	if err != nil {
		return s, nil, err
	}
	f, _, err := Seal(c, key)
	s.Hash, s.Key, s.Signature = f.Hash, f.Key, f.Signature
	return s, f.Content, err
}

// How long sealing waits for the numbers, and how often it looks.
const (
	catchUpWithin = 20 * time.Second
	catchUpEvery  = 50 * time.Millisecond
)

// caughtUp waits until the facts hold everything that the ledger holds now, and refuses where something of it that bears
// on the month could not be counted.
func (p *Publisher) caughtUp(ctx context.Context, month calendar.Month) (Reached, error) {
	reached, err := p.Reach(ctx)
	if err != nil {
		return reached, fmt.Errorf("compute the ledger's root: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, catchUpWithin)
	defer cancel()
	tick := time.NewTicker(catchUpEvery)
	defer tick.Stop()
	store := p.Store()
	for {
		counted, err := store.Frontier(ctx, p.prefecture())
		if err == nil && counted >= reached.Last {
			return reached, p.parked(ctx, store, month, reached.Size)
		}
		select {
		case <-ctx.Done():
			return reached, errors.Join(ErrCatching, err)
		case <-tick.C:
		}
	}
}

func (p *Publisher) parked(ctx context.Context, store Store, month calendar.Month, number uint64) error {
	doubts, err := store.Doubts(ctx, p.prefecture(), indicators.FromFacts(number))
	if err != nil {
		return err
	}
	for _, d := range doubts {
		if d.Since <= month {
			return ErrParked
		}
	}
	return nil
}

// PublicKey is the key by which publications are checked.
func (p *Publisher) PublicKey() (ed25519.PublicKey, error) {
	key, err := p.Key()
	if err != nil {
		return nil, err
	}
	return key.Public().(ed25519.PublicKey), nil
}
