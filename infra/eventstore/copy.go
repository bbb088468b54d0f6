package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/careledger/careledger/infra/eventstore/tree"
)

// What a copy refuses.
var (
	// ErrNoLedger: the source holds nothing to copy.
	ErrNoLedger = errors.New("the source holds no ledger: name the event store that does / 源事件库中没有台账，请指定存有台账的事件库")
	// ErrOtherLedger: the target is in use for something else.
	ErrOtherLedger = errors.New("the target holds another ledger: give an event store that is empty, or one to which this ledger was being copied / 目标事件库中已有另一本台账，请换一个空的事件库")
	// ErrSameStore: both URLs lead to one event store.
	ErrSameStore = errors.New("source and target are one event store: name two / 源与目标是同一个事件库，请指定两个不同的事件库")
	// ErrDamaged: an event cannot be read. What lies before it can be copied, nothing after it.
	ErrDamaged = errors.New("an event is damaged: restore a backup of this event store and copy from that / 有事件已损坏，请先恢复该事件库的备份再搬迁")
)

// DiffersError says at which ledger number the target is not as the source: it holds another event there, or one that
// the source does not hold, or somebody else has written to its stream.
type DiffersError struct{ Number uint64 }

func (e *DiffersError) Error() string {
	return fmt.Sprintf("ledger number %d is the first at which the target is not as the source: stop whatever writes to the target and copy into an empty event store / 自账本序号 %d 起目标与源不一致，请停止向目标写入的程序，并搬迁到空的事件库", e.Number, e.Number)
}

// EndError says at which end of a copy something failed.
type EndError struct {
	Target bool
	Err    error
}

func (e *EndError) Error() string {
	if e.Target {
		return "target: " + e.Err.Error()
	}
	return "source: " + e.Err.Error()
}

func (e *EndError) Unwrap() error { return e.Err }

// CopyOptions of a copy: From and To are esdb://… or esdb+discover://….
type CopyOptions struct {
	From, To string
	Logger   *slog.Logger
	// Progress is told how far the copy is, after every event compared and every append; nil: nobody is.
	Progress func(Copied)
}

// Copied is what a copy has come to: so many of the ledger's events the target held already, so many were appended.
type Copied struct {
	Ledger             uuid.UUID
	Compared, Appended uint64
	// Root is the root of the ledger's tree in both stores, once the copy has ended well.
	Root tlog.Hash
}

// Events is the number of the ledger's events that the target holds.
func (c Copied) Events() uint64 { return c.Compared + c.Appended }

// Copy appends to the target what it does not hold yet of the source's ledger: each event with its stream, id, type, data
// and metadata byte for byte, in the ledger's order, so that every ledger number stays. Whatever bears no ledger id
// (notes, checkpoints, other programs' streams) stays behind. What the target holds already is held against the source
// first, and what was appended is read back, so that a copy that was cut off goes on where it stopped.
//
// While it runs nobody else may write to the target. What is appended to the source meanwhile may be left to a next copy.
func Copy(ctx context.Context, o CopyOptions) (Copied, error) {
	from, err := dial(o.From, o.Logger)
	if err != nil {
		return Copied{}, &EndError{Err: err}
	}
	to, err := dial(o.To, o.Logger)
	if err != nil {
		return Copied{}, errors.Join(&EndError{Target: true, Err: err}, from.close())
	}
	c := copying{
		from: &stored{log: &Log{connection: from, logger: o.Logger}, tree: tree.New()},
		to:   &stored{log: &Log{connection: to, logger: o.Logger}, tree: tree.New(), target: true},
		tell: o.Progress,
	}
	err = c.run(ctx)
	return c.done, errors.Join(err, from.close(), to.close())
}

// copying is one run of a copy.
type copying struct {
	from, to *stored
	tell     func(Copied)
	done     Copied
	unread   []tlog.Hash // of what was appended and has not been read back
}

func (c *copying) run(ctx context.Context) error {
	if err := c.agree(ctx); err != nil {
		return err
	}
	next, more, err := c.compare(ctx)
	if err == nil && more {
		err = c.appendFrom(ctx, next)
	}
	if err == nil {
		err = c.readBack(ctx, true)
	}
	if err != nil {
		return err
	}
	return c.conclude()
}

// agree sees that the source holds a ledger, and the target none or the same in another store.
func (c *copying) agree(ctx context.Context) error {
	source, _, err := c.from.ledger(ctx)
	if err != nil {
		return err
	}
	target, taken, err := c.to.ledger(ctx)
	switch {
	case err != nil:
		return err
	case source == uuid.Nil:
		return ErrNoLedger
	case taken && target != source:
		return ErrOtherLedger
	}
	c.from.log.ledger, c.to.log.ledger, c.done.Ledger = source, source, source
	if !taken {
		return nil
	}
	return c.apart(ctx)
}

// apart writes a note to the target and looks for it in the source: two URLs may lead to one store.
func (c *copying) apart(ctx context.Context) error {
	mark := uuid.New()
	if err := c.to.log.Note("copy").Write(ctx, mark); err != nil {
		return c.to.failed(err)
	}
	var found uuid.UUID
	if _, err := c.from.log.Note("copy").Read(ctx, &found); err != nil {
		return c.from.failed(err)
	}
	if found == mark {
		return ErrSameStore
	}
	return nil
}

// compare reads both stores to the target's end and answers the first event that the target does not hold.
func (c *copying) compare(ctx context.Context) (next entry, more bool, err error) {
	for {
		want, more, err := c.from.next(ctx)
		if err != nil {
			return entry{}, false, err
		}
		have, there, err := c.to.next(ctx)
		switch {
		case err != nil:
			return entry{}, false, err
		case !there:
			return want, more, nil
		case !more || have.leaf != want.leaf:
			return entry{}, false, &DiffersError{c.to.tree.Size()}
		}
		c.done.Compared++
		c.say()
	}
}

func (c *copying) say() {
	if c.tell != nil {
		c.tell(c.done)
	}
}

// conclude compares the roots, which nothing can be missing from.
func (c *copying) conclude() error {
	source, err := c.from.tree.Root()
	if err != nil {
		return err
	}
	target, err := c.to.tree.Root()
	if err != nil {
		return err
	}
	if source != target {
		return &DiffersError{min(c.from.tree.Size(), c.to.tree.Size())}
	}
	c.done.Root = source
	return nil
}
