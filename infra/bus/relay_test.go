package bus_test

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/bus"
)

// requireChain checks order, and that every message names the one before it in its prefecture.
func requireChain(t *testing.T, p *paper, messages []*jetstream.RawStreamMsg) {
	t.Helper()
	last := map[string]uint64{}
	var numbers []uint64
	for _, m := range messages {
		r, previous, err := bus.Decode(m.Data)
		require.NoError(t, err)
		require.Equal(t, last[r.Metadata.Prefecture()], previous)
		require.Equal(t, bus.Subject(r), m.Subject)
		require.Equal(t, r.ID.String(), m.Header.Get("Nats-Msg-Id"))
		require.Equal(t, bus.ContentType, m.Header.Get("Content-Type"))
		last[r.Metadata.Prefecture()] = r.Number
		numbers = append(numbers, r.Number)
	}
	require.Equal(t, p.numbers(""), numbers)
}

func TestTheRelayPublishesInOrderWithOneChainPerPrefecture(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	p.write(100, "532601", "530102001")
	relay(t, connect(t, url, 0), p, &note{})
	js := manage(t, url)
	requireChain(t, p, stored(t, js, 100))
	p.write(50, "530102", "532622", "532601")
	requireChain(t, p, stored(t, js, 150))
}

func TestARelayResumesWithoutDoubleOrHole(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	b, js := connect(t, url, 0), manage(t, url)
	p.write(10, "532601", "530102")
	first := relay(t, b, p, &note{})
	stored(t, js, 10)
	first.stop()
	p.write(10, "530102", "532601")
	relay(t, b, p, &note{})
	requireChain(t, p, stored(t, js, 20))
}

func TestAStaleRelayIsFenced(t *testing.T) {
	url, p := serve(t, t.TempDir()), newPaper()
	p.write(10, "532601")
	stale := relay(t, connect(t, url, 0), p, &note{})
	js := manage(t, url)
	stored(t, js, 10)
	relay(t, connect(t, url, 0), p, &note{})
	require.Eventually(t, func() bool { // events make the two meet
		p.write(1, "532601")
		select {
		case <-stale.done:
			return true
		default:
			return false
		}
	}, patience, 20*time.Millisecond)
	require.ErrorIs(t, stale.err, bus.ErrFenced)
	requireChain(t, p, stored(t, js, int(p.size())))
}

func TestARelayWhoseStreamIsGoneResumesFromItsCheckpoint(t *testing.T) {
	url, p, n := serve(t, t.TempDir()), newPaper(), &note{}
	b, js := connect(t, url, 0), manage(t, url)
	p.write(10, "532601")
	first := relay(t, b, p, n)
	stored(t, js, 10)
	first.stop()
	require.EqualValues(t, 10, n.at.Number)
	clear(t, url)
	p.write(3, "532601")
	relay(t, b, p, n)
	messages := stored(t, js, 3)
	_, previous, err := bus.Decode(messages[0].Data)
	require.NoError(t, err)
	require.EqualValues(t, uint64(bus.UnknownPrevious), previous)
	_, previous, err = bus.Decode(messages[1].Data)
	require.NoError(t, err)
	require.EqualValues(t, 11, previous)
}

func TestAnOlderLogRestoredFillsTheBusAnew(t *testing.T) {
	url, p, n := serve(t, t.TempDir()), newPaper(), &note{}
	b, js := connect(t, url, 0), manage(t, url)
	p.write(10, "532601")
	first := relay(t, b, p, n)
	stored(t, js, 10)
	first.stop()
	restored := newPaper()
	restored.ledger, restored.epoch = p.ledger, 2
	restored.write(4, "532601")
	relay(t, b, restored, n)
	requireChain(t, restored, stored(t, js, 4))
}

func TestALogThatDoesNotKnowTheBusFillsItAnew(t *testing.T) {
	url, p, n := serve(t, t.TempDir()), newPaper(), &note{}
	b, js := connect(t, url, 0), manage(t, url)
	p.write(10, "532601")
	first := relay(t, b, p, n)
	stored(t, js, 10)
	first.stop()
	other := newPaper()
	other.ledger = p.ledger
	other.write(12, "532601")
	relay(t, b, other, n)
	requireChain(t, other, stored(t, js, 12))
}
