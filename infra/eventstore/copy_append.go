package eventstore

import (
	"context"
	"errors"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/careledger/careledger/domain/command"
)

// One append takes events of one stream that follow each other in the ledger, within what a cluster takes at once (1 MiB
// unless set otherwise).
const (
	appendEvents = 500
	appendBytes  = 768 << 10
	unreadEvents = 4096 // appended before they are read back
)

// appendFrom appends next and all that follows it in the source. Each append waits for the one before: only so is the
// order of events in different streams certain in every store.
func (c *copying) appendFrom(ctx context.Context, next entry) (err error) {
	for more := true; more; {
		group, size := []entry{next}, next.size()
		for {
			if next, more, err = c.from.next(ctx); err != nil {
				return err
			}
			if !more || next.event.StreamID != group[0].event.StreamID || len(group) == appendEvents || size+next.size() > appendBytes {
				break
			}
			group, size = append(group, next), size+next.size()
		}
		if err := c.append(ctx, group); err != nil {
			return err
		}
		if len(c.unread) >= unreadEvents {
			if err := c.readBack(ctx, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// append writes a group at the revisions that it has in the source: what another copy has written meanwhile is not
// written again, and a stream that somebody else has written to is refused.
func (c *copying) append(ctx context.Context, group []entry) error {
	data := make([]esdb.EventData, len(group))
	for i, e := range group {
		data[i] = e.data()
	}
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if first := group[0].event.EventNumber; first > 0 {
		expected = esdb.Revision(first - 1)
	}
	last, err := c.to.log.write(ctx, group[0].event.StreamID, expected, data...)
	switch {
	case errors.Is(err, command.ErrWrongRevision), err == nil && last != group[len(group)-1].event.EventNumber:
		return &DiffersError{c.done.Events() + 1}
	case err != nil:
		return c.to.failed(err)
	}
	for _, e := range group {
		c.unread = append(c.unread, e.leaf)
	}
	c.done.Appended += uint64(len(group))
	c.say()
	return nil
}

// readBack reads what was appended out of the target. A cluster's node may show an append a moment after it was
// acknowledged: only at the end is everything waited for.
func (c *copying) readBack(ctx context.Context, all bool) error {
	deadline := time.Now().Add(callTimeout)
	for {
		have, there, err := c.to.next(ctx)
		switch {
		case err != nil:
			return err
		case there && (len(c.unread) == 0 || have.leaf != c.unread[0]):
			return &DiffersError{c.to.tree.Size()}
		case there:
			c.unread = c.unread[1:]
		case len(c.unread) == 0 || !all:
			return nil
		case time.Now().After(deadline):
			return &DiffersError{c.to.tree.Size() + 1}
		default:
			if err := pause(ctx, 50*time.Millisecond); err != nil {
				return err
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
