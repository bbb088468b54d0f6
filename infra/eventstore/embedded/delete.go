package embedded

import (
	"context"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
)

// Delete hides the stream's events. The answer always has a position: the official client reads it unasked.
func (s *streamsService) Delete(ctx context.Context, request *streams.DeleteReq) (*streams.DeleteResp, error) {
	o := request.GetOptions()
	stream, err := writableStream(o.GetStreamIdentifier())
	if err != nil {
		return nil, answer(ctx, stream, err)
	}
	if o.GetExpectedStreamRevision() == nil {
		return nil, errNoExpectation
	}
	r, err := s.store.Delete(ctx, stream, expectedRevision(o))
	if err != nil {
		return nil, answer(ctx, stream, err)
	}
	return &streams.DeleteResp{PositionOption: &streams.DeleteResp_Position_{
		Position: &streams.DeleteResp_Position{CommitPosition: r.Position, PreparePosition: r.Position},
	}}, nil
}

// Tombstone ends the stream for ever.
func (s *streamsService) Tombstone(ctx context.Context, request *streams.TombstoneReq) (*streams.TombstoneResp, error) {
	o := request.GetOptions()
	stream, err := writableStream(o.GetStreamIdentifier())
	if err != nil {
		return nil, answer(ctx, stream, err)
	}
	if o.GetExpectedStreamRevision() == nil {
		return nil, errNoExpectation
	}
	r, err := s.store.Tombstone(ctx, stream, expectedRevision(o))
	if err != nil {
		return nil, answer(ctx, stream, err)
	}
	return &streams.TombstoneResp{PositionOption: &streams.TombstoneResp_Position_{
		Position: &streams.TombstoneResp_Position{CommitPosition: r.Position, PreparePosition: r.Position},
	}}, nil
}
