package embedded

import (
	"bytes"
	"regexp"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

const defaultWindow = 32

// filter picks events of $all by the type or the stream name.
type filter struct {
	byType   bool
	prefixes [][]byte
	regex    *regexp.Regexp
	// every is how many events may be considered before a subscriber gets a checkpoint.
	every uint64
}

func newFilter(o *streams.ReadReq_Options_FilterOptions, subscription bool) (*filter, error) {
	f := &filter{byType: o.GetEventType() != nil}
	expression := o.GetStreamIdentifier()
	if f.byType {
		expression = o.GetEventType()
	}
	if expression == nil {
		return nil, invalid("the filter needs an event type or a stream name to go by")
	}
	for _, p := range expression.GetPrefix() {
		f.prefixes = append(f.prefixes, []byte(p))
	}
	if pattern := expression.GetRegex(); pattern != "" {
		var err error
		if f.regex, err = compile(pattern); err != nil {
			return nil, err
		}
	}
	if (f.regex == nil) == (len(f.prefixes) == 0) {
		return nil, invalid("the filter needs either a regular expression or prefixes")
	}
	return f, f.setInterval(o, subscription)
}

func (f *filter) setInterval(o *streams.ReadReq_Options_FilterOptions, subscription bool) error {
	window := uint64(defaultWindow)
	if _, set := o.GetWindow().(*streams.ReadReq_Options_FilterOptions_Max); set {
		window = uint64(o.GetMax())
	}
	f.every = window * uint64(o.GetCheckpointIntervalMultiplier())
	if subscription && f.every == 0 {
		return invalid("the filter needs a checkpoint interval and a search window above 0")
	}
	return nil
}

// takes reports whether the event passes; without a filter all do.
func (f *filter) takes(r *store.Record) bool {
	if f == nil {
		return true
	}
	text := r.Stream
	if f.byType {
		text = r.Type
	}
	if f.regex != nil {
		return f.regex.Match(text)
	}
	for _, p := range f.prefixes {
		if bytes.HasPrefix(text, p) {
			return true
		}
	}
	return false
}
