package embedded

import (
	"io"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestAPongGoesWithWhatFollowsOrAlone reads what a client gets: in order, in one piece where something follows at once.
func TestAPongGoesWithWhatFollowsOrAlone(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	l := listener{inner}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer client.Close()
	server, err := l.Accept()
	require.NoError(t, err)
	defer server.Close()

	pong := []byte("\x00\x00\x08\x06\x01\x00\x00\x00\x00answers ")
	ping := []byte("\x00\x00\x08\x06\x00\x00\x00\x00\x00questions")[:pongBytes]
	require.True(t, isPong(pong))
	require.False(t, isPong(ping))
	require.False(t, isPong(slices.Concat(pong, ping)))

	for range 3 {
		n, err := server.Write(pong)
		require.NoError(t, err)
		require.Equal(t, len(pong), n)
		require.Equal(t, pong, receive(t, client, len(pong)), "alone after a while")

		for _, b := range [][]byte{pong, ping} {
			n, err := server.Write(b)
			require.NoError(t, err)
			require.Equal(t, len(b), n)
		}
		require.Equal(t, slices.Concat(pong, ping), receive(t, client, len(pong)+len(ping)))
	}
	require.NoError(t, server.Close())
	_, err = server.Write(pong)
	require.NoError(t, err)
	_, err = server.Write(ping)
	require.ErrorIs(t, err, net.ErrClosed)
}

func receive(t *testing.T, c net.Conn, n int) []byte {
	t.Helper()
	require.NoError(t, c.SetReadDeadline(time.Now().Add(10*time.Second)))
	b := make([]byte, n)
	_, err := io.ReadFull(c, b)
	require.NoError(t, err)
	return b
}
