package embedded

import (
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// 256 MiB are too many to send in a test.
func TestAppendsInPartsHaveTheLimitOfWholeOnes(t *testing.T) {
	ten := []*streams.BatchAppendReq_ProposedMessage{{
		Id:       &shared.UUID{Value: &shared.UUID_String_{String_: uuid.NewString()}},
		Metadata: map[string]string{"type": "x", "content-type": binaryContent}, Data: make([]byte, 9),
	}}
	for _, c := range []struct {
		one, all int
		check    func(err error)
	}{
		{maxAppend - 10, maxAppend - 10, func(err error) { require.NoError(t, err) }},
		{maxAppend - 9, maxAppend - 9, func(err error) { require.ErrorAs(t, err, new(*tooLarge)) }},
		{0, maxAppend - 9, func(err error) { require.Equal(t, codes.ResourceExhausted, status.Code(err)) }},
	} {
		one, b := &batch{bytes: c.one}, &batches{bytes: c.all}
		b.add(one, ten)
		c.check(one.err)
	}
}
