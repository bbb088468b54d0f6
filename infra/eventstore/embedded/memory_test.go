package embedded_test

import (
	"context"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

// TestStalledReadersHoldLittle: what readers that have stopped do not take stays on disk. Client and server share this
// process; each reader may hold a page on one side and a window on the other.
func TestStalledReadersHoldLittle(t *testing.T) {
	const readers, each = 40, 4 << 20
	s := open(t, embedded.Options{})
	written := contract.Dial(t, s.URL())
	require.NoError(t, fill(t.Context(), written, 20_000)) // 10 MB, and as much again below
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	before := heap()
	all := &streams.ReadReq_Options_All{All: &streams.ReadReq_Options_AllOptions{AllOption: &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}}}}
	for i := range readers {
		o := &streams.ReadReq_Options{StreamOption: all, FilterOption: &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}}}
		o.CountOption = &streams.ReadReq_Options_Count{Count: 1 << 40}
		if i%2 == 0 {
			o.CountOption = &streams.ReadReq_Options_Subscription{Subscription: &streams.ReadReq_Options_SubscriptionOptions{}}
		}
		call, err := streams.NewStreamsClient(dial(t, s)).Read(ctx, &streams.ReadReq{Options: o})
		require.NoError(t, err)
		_, err = call.Recv()
		require.NoError(t, err)
	}
	require.NoError(t, fill(t.Context(), written, 20_000), "they hold up nobody")
	grown := heap() - before
	t.Logf("%d readers hold %d KiB each", readers, grown/readers>>10)
	require.Less(t, grown, int64(readers*each))
}
