package admission_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
)

// TestTheTrackerIsSentWhatItReads: the log sends only Types; an event that Changes reads and Types leaves out would never come.
func TestTheTrackerIsSentWhatItReads(t *testing.T) {
	types := append(elder.Types(), institution.Types()...)
	codec, err := event.NewCodec(types)
	require.NoError(t, err)
	var process admission.Process
	var read []string
	for _, known := range types {
		e, _, err := codec.Decode(known.Name, []byte("{}"))
		require.NoError(t, err, known.Name)
		if len(process.Changes(event.Recorded{Type: known.Name, Event: e})) > 0 {
			read = append(read, known.Name)
		}
	}
	require.ElementsMatch(t, read, process.Types())
}
