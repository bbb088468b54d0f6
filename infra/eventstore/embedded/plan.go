package embedded

import (
	"math"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// plan is a read or a subscription as asked for.
type plan struct {
	all       bool
	stream    string
	backwards bool
	live      bool
	limit     uint64
	resolve   bool
	uuidText  bool
	filter    *filter
	// edges says that the first and last positions of a stream may be sent (control option, compatibility from 1).
	edges bool
	from  from
}

// from is where to begin: at the start, at the end, or at a revision or position.
type from struct {
	start, end bool
	at         uint64
}

func newPlan(o *streams.ReadReq_Options) (*plan, error) {
	p := &plan{
		backwards: o.GetReadDirection() == streams.ReadReq_Options_Backwards, resolve: o.GetResolveLinks(),
		uuidText: o.GetUuidOption().GetString_() != nil, edges: o.GetControlOption().GetCompatibility() >= 1,
	}
	if err := p.setCount(o); err != nil {
		return nil, err
	}
	if err := p.setSource(o); err != nil {
		return nil, err
	}
	if f := o.GetFilter(); f != nil {
		if !p.all {
			return nil, invalid("only $all can be filtered")
		}
		var err error
		if p.filter, err = newFilter(f, p.live); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *plan) setCount(o *streams.ReadReq_Options) error {
	switch o.GetCountOption().(type) {
	case *streams.ReadReq_Options_Count:
		p.limit = o.GetCount()
	case *streams.ReadReq_Options_Subscription:
		p.live, p.limit = true, math.MaxUint64
		if p.backwards {
			return invalid("a subscription goes forwards")
		}
	default:
		return invalid("the read needs a count, or to be a subscription")
	}
	return nil
}

func (p *plan) setSource(o *streams.ReadReq_Options) (err error) {
	if all := o.GetAll(); all != nil {
		p.all = true
		p.from = from{start: all.GetStart() != nil, end: all.GetEnd() != nil, at: all.GetPosition().GetCommitPosition()}
		if all.GetAllOption() == nil {
			return invalid("the read needs a position to begin at")
		}
		return nil
	}
	s := o.GetStream()
	if p.stream, err = streamOf(s.GetStreamIdentifier()); err != nil {
		return err
	}
	if s.GetRevisionOption() == nil {
		return invalid("the read needs a revision to begin at")
	}
	p.from = from{start: s.GetStart() != nil, end: s.GetEnd() != nil, at: s.GetRevision()}
	return nil
}

// revision is p.from.at as a revision; none is higher than math.MaxInt64-1.
func (f from) revision() int64 { return int64(min(f.at, math.MaxInt64-1)) }
