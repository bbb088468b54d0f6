package embedded_test

import (
	"fmt"
	"net"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func TestDiscoveryBehindAWildcard(t *testing.T) {
	ca, cert, key := authority(t)
	s := open(t, embedded.Options{Listen: "0.0.0.0:0", TLSCert: cert, TLSKey: key, AdminPassword: "s3cret"})
	_, port, err := net.SplitHostPort(s.Addr().String())
	require.NoError(t, err)
	require.Equal(t, "esdb://localhost:"+port+"?tls=true", s.URL(), "an address to dial")
	for _, preference := range []string{"leader", "follower", "random", "readonlyreplica"} {
		t.Run(preference, func(t *testing.T) {
			url := fmt.Sprintf("esdb+discover://admin:s3cret@127.0.0.1:%s?tls=true&tlsCaFile=%s&nodePreference=%s", port, ca, preference)
			require.NoError(t, appendTo(t.Context(), contract.Dial(t, url), "by-"+preference, -1, 1))
		})
	}
}

func TestGossipNamesTheAddressThatWasDialled(t *testing.T) {
	s := open(t, embedded.Options{})
	for authority, want := range map[string]struct {
		host string
		port uint32
	}{
		"events.example:9000": {"events.example", 9000}, "events.example": {"events.example", 80},
		"[fd00::1]:2113": {"fd00::1", 2113}, "10.0.0.7:2113": {"10.0.0.7", 2113},
	} {
		t.Run(authority, func(t *testing.T) {
			conn, err := grpc.NewClient(s.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithAuthority(authority))
			require.NoError(t, err)
			defer conn.Close()
			info, err := gossip.NewGossipClient(conn).Read(t.Context(), &shared.Empty{}, grpc.UseCompressor(gzip.Name))
			require.NoError(t, err)
			require.Len(t, info.GetMembers(), 1)
			m := info.GetMembers()[0]
			require.Equal(t, want.host, m.GetHttpEndPoint().GetAddress())
			require.Equal(t, want.port, m.GetHttpEndPoint().GetPort())
			require.True(t, m.GetIsAlive())
			require.Equal(t, gossip.MemberInfo_Leader, m.GetState())
		})
	}
}
