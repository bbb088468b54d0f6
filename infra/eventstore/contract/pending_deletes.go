package contract

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

// PendingDeletes is what the embedded server does not hold to yet; Run leaves it out.
//
// EventStoreDB refuses to delete a stream of which neither events nor metadata were ever written, as a wrong expected
// version (StorageWriterService.Handle(WriteDelete), 23.10 and 24.10).
func PendingDeletes(t *testing.T, url string) {
	t.Helper()
	k := &kit{client: Dial(t, url), url: url}
	t.Run("one that never was cannot be deleted", func(t *testing.T) {
		for _, expected := range []esdb.ExpectedRevision{esdb.Any{}, esdb.NoStream{}, esdb.StreamExists{}, esdb.Revision(0)} {
			s := stream("nobody")
			require.Error(t, k.tryDelete(t, s, expected))
			k.refused(t, esdb.ErrorCodeWrongExpectedVersion, s, esdb.StreamExists{}, events("x", 1)...)
		}
	})
}
