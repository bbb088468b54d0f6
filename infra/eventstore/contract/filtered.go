package contract

import (
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type expression = streams.ReadReq_Options_FilterOptions_Expression

// byType and byStream make the filter of a read; a window of 0 leaves its size to the server.
func byType(e *expression, window uint32) *streams.ReadReq_Options_Filter {
	return windowed(&streams.ReadReq_Options_FilterOptions{Filter: &streams.ReadReq_Options_FilterOptions_EventType{EventType: e}}, window)
}

func byStream(e *expression, window uint32) *streams.ReadReq_Options_Filter {
	return windowed(&streams.ReadReq_Options_FilterOptions{Filter: &streams.ReadReq_Options_FilterOptions_StreamIdentifier{StreamIdentifier: e}}, window)
}

func windowed(f *streams.ReadReq_Options_FilterOptions, window uint32) *streams.ReadReq_Options_Filter {
	f.CheckpointIntervalMultiplier = 1
	f.Window = &streams.ReadReq_Options_FilterOptions_Max{Max: window}
	if window == 0 {
		f.Window = &streams.ReadReq_Options_FilterOptions_Count{Count: &shared.Empty{}}
	}
	return &streams.ReadReq_Options_Filter{Filter: f}
}

// testFilteredReads: the Go client cannot ask for a filtered read of $all; other clients can.
func testFilteredReads(t *testing.T, k *kit) {
	from := k.mark(t)
	tag := "r" + uuid.NewString()[:8]
	sent := events("x", 90)
	for i := range sent {
		sent[i].EventType = tag + []string{"Visited.v1", "Moved.v1", "Left.v1"}[i%3]
	}
	for i, s := range []string{tag + "-elder-1", tag + "-child-1", tag + "-elder-2"} {
		k.append(t, s, esdb.NoStream{}, sent[i*30:i*30+30]...)
	}
	order := sentIDs(sent)
	pick := func(keep func(i int) bool) (picked []uuid.UUID) {
		for i := range order {
			if keep(i) {
				picked = append(picked, order[i])
			}
		}
		return picked
	}
	for _, c := range []struct {
		name   string
		filter *streams.ReadReq_Options_Filter
		want   []uuid.UUID
	}{
		{"type prefix", byType(&expression{Prefix: []string{tag + "Moved"}}, 32), pick(func(i int) bool { return i%3 == 1 })},
		{"type prefixes", byType(&expression{Prefix: []string{tag + "Moved", tag + "Nobody", tag + "Visited"}}, 0), pick(func(i int) bool { return i%3 != 2 })},
		{"type regex", byType(&expression{Regex: "^" + tag + "(Left|Moved)"}, 1), pick(func(i int) bool { return i%3 != 0 })},
		{"stream prefix", byStream(&expression{Prefix: []string{tag + "-elder-"}}, 5), pick(func(i int) bool { return i/30 != 1 })},
		{"stream prefixes", byStream(&expression{Prefix: []string{tag + "-child-", tag + "-elder-2"}}, 500), pick(func(i int) bool { return i/30 != 0 })},
		{"stream regex", byStream(&expression{Regex: tag + "-[a-z]+-1$"}, 7), pick(func(i int) bool { return i/30 != 2 })},
		{"nothing", byType(&expression{Prefix: []string{tag + "Nobody"}}, 32), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, limit := range []uint64{1, 10, 1000} {
				found, err := k.filtered(t, c.filter, esdb.Forwards, from, limit)
				require.NoError(t, err)
				require.Equal(t, c.want[:min(len(c.want), int(limit))], nilIfNone(found))
			}
			back, err := k.filtered(t, c.filter, esdb.Backwards, esdb.End{}, 1000)
			require.NoError(t, err)
			turned := slices.Clone(c.want)
			slices.Reverse(turned)
			require.Equal(t, turned, nilIfNone(back))
		})
	}
	t.Run("the ends", func(t *testing.T) {
		all := byType(&expression{Prefix: []string{tag}}, 32)
		for _, c := range []struct {
			direction esdb.Direction
			from      esdb.AllPosition
		}{{esdb.Forwards, esdb.End{}}, {esdb.Backwards, esdb.Start{}}, {esdb.Backwards, from}} {
			found, err := k.filtered(t, all, c.direction, c.from, 10)
			require.NoError(t, err)
			require.Empty(t, found)
		}
	})
	t.Run("a filter that is no regular expression is refused", func(t *testing.T) {
		_, err := k.filtered(t, byType(&expression{Regex: "("}, 32), esdb.Forwards, from, 10)
		require.Error(t, err)
	})
	t.Run("look-around works, or is refused as an invalid argument", func(t *testing.T) {
		found, err := k.filtered(t, byType(&expression{Regex: "^(?!" + tag + "Moved)" + tag}, 32), esdb.Forwards, from, 1000)
		if err != nil {
			require.Equal(t, codes.InvalidArgument, status.Code(err))
			return
		}
		require.Equal(t, pick(func(i int) bool { return i%3 != 1 }), found)
	})
}

// filtered answers the ids of the events a filtered read of $all brings.
func (k *kit) filtered(t testing.TB, f *streams.ReadReq_Options_Filter, d esdb.Direction, from esdb.AllPosition, limit uint64) ([]uuid.UUID, error) {
	t.Helper()
	answers, err := k.wireRead(t, &streams.ReadReq_Options{
		StreamOption: wireAll(from), ReadDirection: wireDirection(d), FilterOption: f,
		CountOption: &streams.ReadReq_Options_Count{Count: limit},
	})
	return wireIDs(t, answers), err
}

func wireIDs(t testing.TB, answers []*streams.ReadResp) []uuid.UUID {
	t.Helper()
	found := []uuid.UUID{}
	for _, a := range answers {
		if e := a.GetEvent(); e != nil {
			n := e.GetEvent().GetId().GetStructured()
			id, err := esdb.ParseUUIDFromInt64(n.GetMostSignificantBits(), n.GetLeastSignificantBits())
			require.NoError(t, err)
			found = append(found, id)
		}
	}
	return found
}

func nilIfNone(found []uuid.UUID) []uuid.UUID {
	if len(found) == 0 {
		return nil
	}
	return found
}
