package app_test

import (
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse"
	"github.com/careledger/careledger/projections/facts"
)

// Who has moved counts where they live on the month's last day, who has died nowhere. What an earlier build has counted is
// built anew by this one, once.
func TestWhoHasMovedOrDiedAndWhatAnEarlierBuildHasCounted(t *testing.T) {
	dir, log, nats, clickhouse := t.TempDir(), outside(t, "eventstore"), outside(t, "nats"), outside(t, "warehouse")
	o := options(t, dir)
	begin := func() *running {
		o = options(t, dir)
		o.EventStore, o.NATS, o.ClickHouse = log, nats, clickhouse
		return start(t, o)
	}
	r := begin()
	ann, bo := r.elderInNeed("532601001"), r.elderInNeed("532622101")
	r.visit(ann, "2022-10-03")
	r.visit(ann, "2022-11-03")
	r.becomes(50.0, "monthly-visit-rate", "532600", "2022-11")
	r.becomes(0.0, "monthly-visit-rate", "532622", "2022-11")
	r.must("/elders/"+ann+"/move", map[string]any{"area": "532622101", "moved_on": "2022-11-30"})
	r.becomes(50.0, "monthly-visit-rate", "532622", "2022-11")
	r.becomes(nil, "monthly-visit-rate", "532601", "2022-11")
	r.becomes(100.0, "monthly-visit-rate", "532601", "2022-10")
	r.must("/elders/"+bo+"/death", map[string]any{"died_on": "2022-11-15"})
	r.becomes(100.0, "monthly-visit-rate", "532622", "2022-11")
	r.becomes(0.0, "monthly-visit-rate", "532622", "2022-10")
	_, v := r.send(http.MethodGet, "/api/v1/rebuild", "", nil)
	require.InDelta(t, 0, v["building"], 0, "what is counted for the first time is counted by this build")
	r.stop()

	w, err := warehouse.Open(warehouse.Options{URL: o.ClickHouse, Database: o.Database, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	defer w.Close()
	at, err := w.Progress(t.Context(), "5326")
	require.NoError(t, err)
	require.Equal(t, facts.Version, at.Facts)
	at.Facts, at.Term = facts.Version-1, at.Term+1
	require.NoError(t, w.Advance(t.Context(), "5326", at))
	r = begin()
	r.serves(2)
	r.becomes(100.0, "monthly-visit-rate", "532622", "2022-11")
	r.stop()
	r = begin()
	defer r.stop()
	r.serves(2)
	r.visit(ann, "2022-12-01")
	r.becomes(100.0, "monthly-visit-rate", "532622", "2022-12")
	_, v = r.send(http.MethodGet, "/api/v1/rebuild", "", nil)
	require.InDelta(t, 0, v["building"], 0, "once is enough")
}
