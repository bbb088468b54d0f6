package bus

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	streamName = "RECORDS"
	// The memory of message ids grows with the rate, so it is short: order and once-ness come from the expected sequence.
	duplicateWindow = time.Second

	metaLedger = "careledger_ledger"
	metaEpoch  = "careledger_epoch"
	metaRelay  = "careledger_relay"
)

// stream makes the stream where it is missing, and sets what must hold where it differs. What an operator has set
// beside that (replicas, placement) stays.
func (b *Bus) stream(ctx context.Context) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s, err := b.js.Stream(ctx, streamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = b.js.CreateStream(ctx, b.required(jetstream.StreamConfig{}))
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another was faster
			s, err = b.js.Stream(ctx, streamName)
		}
	}
	if err != nil && !b.nc.IsConnected() {
		return nil, ErrUnavailable // the client's words for it say nothing to whoever must act
	}
	if err != nil {
		return nil, fmt.Errorf("stream %s: %w", streamName, err)
	}
	has := s.CachedInfo().Config
	if want := b.required(has); !same(has, want) {
		if s, err = b.js.UpdateStream(ctx, want); err != nil {
			return nil, fmt.Errorf("stream %s has other settings, which cannot be changed; delete it, it is filled again: %w", streamName, err)
		}
	}
	return s, nil
}

// required is c with what the relay relies on. Limits retention and no age limit: the last message must stay, since the
// relay resumes from it.
func (b *Bus) required(c jetstream.StreamConfig) jetstream.StreamConfig {
	c.Name = streamName
	c.Subjects = []string{records + ".>"}
	c.Retention = jetstream.LimitsPolicy
	c.Discard = jetstream.DiscardOld
	c.Storage = jetstream.FileStorage
	c.MaxBytes = b.options.MaxBytes
	c.MaxMsgs = -1
	c.MaxMsgsPerSubject = -1
	c.MaxAge = 0
	c.Duplicates = duplicateWindow
	return c
}

func same(a, b jetstream.StreamConfig) bool {
	return slices.Equal(a.Subjects, b.Subjects) && a.Retention == b.Retention && a.Discard == b.Discard &&
		a.Storage == b.Storage && a.MaxBytes == b.MaxBytes && a.MaxMsgs == b.MaxMsgs &&
		a.MaxMsgsPerSubject == b.MaxMsgsPerSubject && a.MaxAge == b.MaxAge && a.Duplicates == b.Duplicates
}

// holds reports whether a stream holds the messages of this log in this epoch.
func holds(s jetstream.Stream, log Log) bool {
	m := s.CachedInfo().Config.Metadata
	return m[metaLedger] == log.Ledger().String() && m[metaEpoch] == strconv.Itoa(log.Epoch())
}

// claim makes relay the stream's publisher. The newest claim wins: first is true for the first claim of a run, which
// takes it from whoever has it; later ones of the same run are refused with ErrFenced where another has come since.
// A stream of another ledger or an earlier epoch is thrown away by a first claim.
func (b *Bus) claim(ctx context.Context, log Log, relay string, first bool) (jetstream.Stream, error) {
	s, err := b.stream(ctx)
	if err != nil {
		return nil, err
	}
	meta := s.CachedInfo().Config.Metadata
	if meta[metaLedger] != "" && !holds(s, log) {
		if !first || later(meta, log) {
			return nil, fmt.Errorf("the stream is of another ledger or a later epoch: %w", ErrFenced)
		}
		b.logger.Warn("the stream held another ledger or an earlier epoch and is made anew")
		if s, err = b.renew(ctx); err != nil {
			return nil, err
		}
		meta = s.CachedInfo().Config.Metadata
	}
	switch owner := meta[metaRelay]; {
	case owner == relay:
		return s, nil
	case owner != "" && !first:
		return nil, ErrFenced
	}
	return b.mark(ctx, s, map[string]string{metaLedger: log.Ledger().String(), metaEpoch: strconv.Itoa(log.Epoch()), metaRelay: relay})
}

func later(meta map[string]string, log Log) bool {
	epoch, err := strconv.Atoi(meta[metaEpoch])
	return err == nil && meta[metaLedger] == log.Ledger().String() && epoch > log.Epoch()
}

func (b *Bus) mark(ctx context.Context, s jetstream.Stream, meta map[string]string) (jetstream.Stream, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	c := s.CachedInfo().Config
	c.Metadata = maps.Clone(c.Metadata)
	if c.Metadata == nil {
		c.Metadata = map[string]string{}
	}
	maps.Copy(c.Metadata, meta)
	s, err := b.js.UpdateStream(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("claim stream %s: %w", streamName, err)
	}
	return s, nil
}

// renew deletes the stream, its consumers with it, and makes it again. A purge would not do: feeds must see that it is
// another one.
func (b *Bus) renew(ctx context.Context) (jetstream.Stream, error) {
	deleting, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if err := b.js.DeleteStream(deleting, streamName); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
		return nil, fmt.Errorf("delete stream %s: %w", streamName, err)
	}
	return b.stream(ctx)
}
