package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/careledger/careledger/domain/event"
)

// resume answers where in the log to go on and the stream's last sequence: behind the last message that the stream
// still holds; where it holds none, behind what this run knows to have been taken, behind the checkpoint, or from the
// log's start.
func (r *relay) resume(ctx context.Context, s jetstream.Stream) (from event.Checkpoint, sequence uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, 4*callTimeout)
	defer cancel()
	info, err := s.Info(ctx, jetstream.WithSubjectFilter(records+".>"))
	if err != nil {
		return from, 0, fmt.Errorf("ask stream %s: %w", streamName, err)
	}
	held := map[string]tip{}
	for prefecture := range prefectures(info.State.Subjects) {
		last, found, err := r.last(ctx, s, prefecture)
		if err != nil {
			return from, 0, err
		}
		if !found {
			continue
		}
		held[prefecture] = tip{number: last.Number, id: last.ID}
		if last.Number > from.Number {
			from = last.After(r.log.Epoch())
		}
	}
	if len(held) == 0 {
		if from, err = r.fallback(ctx); err != nil {
			return from, 0, err
		}
	}
	r.chain.resume(held, from)
	return from, info.State.LastSeq, nil
}

// last is the last message of a prefecture, of this ledger.
func (r *relay) last(ctx context.Context, s jetstream.Stream, prefecture string) (last event.Recorded, found bool, err error) {
	m, err := s.GetLastMsgForSubject(ctx, records+"."+prefecture+".>")
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return last, false, nil // gone meanwhile
	}
	if err != nil {
		return last, false, fmt.Errorf("ask stream %s for its last message: %w", streamName, err)
	}
	last, _, err = Decode(m.Data)
	if err != nil || last.Metadata.Ledger != r.log.Ledger() {
		r.bus.logger.Warn("a message that is not the relay's is in the stream and is passed over", "subject", m.Subject, "sequence", m.Sequence)
		return last, false, nil
	}
	return last, true, nil
}

func (r *relay) fallback(ctx context.Context) (event.Checkpoint, error) {
	if at := r.chain.reached(); at.Number > 0 {
		return at, nil
	}
	if r.checkpoints == nil || r.scratch {
		return event.Checkpoint{}, nil
	}
	saved, err := r.checkpoints.Load(ctx)
	if err != nil {
		return saved, fmt.Errorf("load the relay's checkpoint: %w", err)
	}
	if saved.Epoch != r.log.Epoch() {
		return event.Checkpoint{}, nil
	}
	return saved, nil
}

// prefectures are the second words of subjects.
func prefectures(subjects map[string]uint64) map[string]struct{} {
	found := map[string]struct{}{}
	for subject := range subjects {
		_, rest, _ := strings.Cut(subject, ".")
		prefecture, _, _ := strings.Cut(rest, ".")
		found[prefecture] = struct{}{}
	}
	return found
}
