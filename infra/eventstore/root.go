package eventstore

import (
	"context"
	"errors"
	"sync"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/infra/eventstore/tree"
)

// Roots computes the root of the ledger's tree, always going on from where it was: the tree is kept as a note in the store.
type Roots struct {
	log        *Log
	prefecture string
	every      uint64 // after how many events the tree is kept, so that what is cut off goes on from there

	mu    sync.Mutex
	read  *stored // nil before the first time, and after something failed
	last  uint64
	saved uint64
}

// Reached is the whole ledger at one moment: how many events, their root, and the number of the newest of a prefecture.
type Reached struct {
	Size uint64
	Root tlog.Hash
	Last uint64
}

// Roots of the ledger, for the work of a prefecture.
func (l *Log) Roots(prefecture string) *Roots {
	return &Roots{log: l, prefecture: prefecture, every: restEvery}
}

// rested is a tree as its note keeps it: up to which event of the store it is, and the prefecture's newest number in it.
type rested struct {
	Tree     tree.State     `json:"tree"`
	Position event.Position `json:"position"`
	EventID  uuid.UUID      `json:"event_id"`
	Epoch    int            `json:"epoch"`
	Last     uint64         `json:"last"`
}

const restEvery = 100_000

// Reach reads to the end of the store and answers the ledger as it is there.
func (r *Roots) Reach(ctx context.Context) (Reached, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	reached, err := r.reach(ctx)
	var end *EndError
	if errors.As(err, &end) {
		err = end.Err // there is no other end
	}
	if err != nil {
		r.read = nil
	}
	return reached, err
}

func (r *Roots) reach(ctx context.Context) (Reached, error) {
	if r.read == nil {
		if err := r.resume(ctx); err != nil {
			return Reached{}, err
		}
	}
	for {
		e, more, err := r.read.next(ctx)
		if err != nil {
			return Reached{}, err
		}
		if !more {
			break
		}
		r.take(e)
		if len(r.read.page) == 0 && r.read.tree.Size() >= r.saved+r.every {
			if err := r.rest(ctx, e.event); err != nil {
				return Reached{}, err
			}
		}
	}
	root, err := r.read.tree.Root()
	return Reached{Size: r.read.tree.Size(), Root: root, Last: r.last}, err
}

func (r *Roots) take(e entry) {
	var metadata struct {
		Area string `json:"area"`
	}
	if event.Unmarshal(e.event.UserMetadata, &metadata) == nil && (event.Metadata{Area: metadata.Area}).Prefecture() == r.prefecture {
		r.last = r.read.tree.Size()
	}
}

// resume goes on from the tree that was kept, where it is of this log.
func (r *Roots) resume(ctx context.Context) error {
	var kept rested
	found, err := r.note().Read(ctx, &kept)
	if err != nil {
		return err
	}
	r.read, r.last, r.saved = &stored{log: r.log, tree: tree.New()}, 0, 0
	if !found {
		return nil
	}
	err = r.log.Check(ctx, event.Checkpoint{Epoch: kept.Epoch, Number: uint64(kept.Tree.Size), EventID: kept.EventID, Position: kept.Position})
	switch {
	case errors.Is(err, ErrCheckpoint):
		return nil // of another log: from the beginning
	case err != nil:
		return err
	}
	r.read.tree, r.last, r.saved = tree.Resume(kept.Tree), kept.Last, uint64(kept.Tree.Size)
	r.read.at = &esdb.Position{Commit: kept.Position.Commit, Prepare: kept.Position.Prepare}
	return nil
}

// rest keeps the tree, whose last event is newest.
func (r *Roots) rest(ctx context.Context, newest *esdb.RecordedEvent) error {
	r.saved = r.read.tree.Size()
	return r.note().Write(ctx, rested{
		Tree: r.read.tree.State(), EventID: newest.EventID, Epoch: r.log.epoch, Last: r.last,
		Position: event.Position{Commit: newest.Position.Commit, Prepare: newest.Position.Prepare},
	})
}

func (r *Roots) note() Note { return r.log.Note("root-" + r.prefecture) }
