package eventstore_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/careledger/careledger/infra/eventstore"
	"github.com/careledger/careledger/infra/eventstore/tree"
)

// rootOf is the root over what a store holds of the ledger, as `careledger verify` computes it.
func rootOf(t *testing.T, url string, id uuid.UUID) (uint64, tlog.Hash) {
	t.Helper()
	events, _ := ledgerIn(t, url, id)
	whole := tree.New()
	for _, e := range events {
		_, taken, err := whole.Take(tree.Event{
			Stream: []byte(e.Stream), Revision: e.Revision, ID: e.ID, Type: []byte(e.Type), JSON: e.Content == "application/json",
			Metadata: []byte(e.Metadata), Data: []byte(e.Data),
		})
		require.NoError(t, err)
		require.True(t, taken)
	}
	root, err := whole.Root()
	require.NoError(t, err)
	return whole.Size(), root
}

func (w *writer) of(area string) {
	e := w.event()
	e.Metadata = fmt.Appendf(nil, `{"ledger":%q,"area":%q}`, w.log.Ledger(), area)
	w.append("elder-1", e)
}

// The root goes on from where it was: in one process, in the next from what was kept, and where that is of another log
// from the beginning. It is always the one of the whole ledger.
func TestTheRootOfTheLedgerGoesOn(t *testing.T) {
	url := opened(t)
	w := write(t, url, 5)
	roots := w.log.Roots("5326").RestAfter(500)
	same := func(roots *eventstore.Roots, last uint64) {
		t.Helper()
		size, root := rootOf(t, url, w.log.Ledger())
		reached, err := roots.Reach(t.Context())
		require.NoError(t, err)
		require.Equal(t, eventstore.Reached{Size: size, Root: root, Last: last}, reached)
	}
	same(roots, 0)
	w.events(1800)
	w.of("532601001")
	w.events(1700)
	same(roots, 1802)
	same(roots, 1802)
	w.of("530101")
	w.events(300)
	same(roots, 1802)
	same(logIn(t, url).Roots("5326").RestAfter(500), 1802)
	w.of("532622101001")
	same(logIn(t, url).Roots("5326"), 3804)
	same(logIn(t, url).Roots("5301"), 3503)
}

func TestARootThatWasKeptOfAnotherLogIsNotBelieved(t *testing.T) {
	url := opened(t)
	w := write(t, url, 6)
	w.events(1200)
	require.NoError(t, w.log.Note("root-5326").Write(t.Context(), map[string]any{
		"tree": tree.State{Ledger: w.log.Ledger(), Size: 7}, "epoch": 1, "event_id": uuid.New(), "position": map[string]uint64{"commit": 10, "prepare": 10},
	}))
	size, root := rootOf(t, url, w.log.Ledger())
	reached, err := w.log.Roots("5326").Reach(t.Context())
	require.NoError(t, err)
	require.Equal(t, eventstore.Reached{Size: size, Root: root}, reached)
}
