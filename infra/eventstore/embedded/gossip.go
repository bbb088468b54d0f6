package embedded

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
)

type gossipService struct {
	gossip.UnimplementedGossipServer
	instance uuid.UUID
	address  net.Addr
	tls      bool
}

// Read answers a cluster of one: this server, at the address by which the client reached it. It may listen on all of
// them, behind a name or another port that only the client knows.
func (g *gossipService) Read(ctx context.Context, _ *shared.Empty) (*gossip.ClusterInfo, error) {
	host, port := g.endpoint(ctx)
	return &gossip.ClusterInfo{Members: []*gossip.MemberInfo{{
		InstanceId:   &shared.UUID{Value: &shared.UUID_String_{String_: g.instance.String()}},
		TimeStamp:    time.Now().UnixNano() / 100,
		State:        gossip.MemberInfo_Leader,
		IsAlive:      true,
		HttpEndPoint: &gossip.EndPoint{Address: host, Port: port},
	}}}, nil
}

func (g *gossipService) endpoint(ctx context.Context) (string, uint32) {
	usual := "80"
	if g.tls {
		usual = "443"
	}
	for _, authority := range metadata.ValueFromIncomingContext(ctx, ":authority") {
		for _, address := range []string{authority, authority + ":" + usual} { // HTTP leaves out the usual port
			if host, port, ok := endpoint(address); ok {
				return host, port
			}
		}
	}
	host, port, _ := endpoint(reachable(g.address))
	return host, port
}

func endpoint(address string) (string, uint32, bool) {
	host, text, err := net.SplitHostPort(address)
	port, portErr := strconv.ParseUint(text, 10, 16)
	return host, uint32(port), host != "" && err == nil && portErr == nil
}

// reachable is an address to dial from this machine, also where the server listens on all.
func reachable(address net.Addr) string {
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(tcp.Port))
	}
	return address.String()
}
