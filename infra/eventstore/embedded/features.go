package embedded

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc/metadata"
)

// protocolVersion is the EventStoreDB version whose behaviour is served; clients choose by it.
const protocolVersion = "24.10.0"

type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
}

// GetSupportedMethods lists what is served, in lower case as clients compare it.
func (featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	const streamsName = "event_store.client.streams.streams"
	return &serverfeatures.SupportedMethods{
		EventStoreServerVersion: protocolVersion,
		Methods: []*serverfeatures.SupportedMethod{
			{ServiceName: streamsName, MethodName: "append"},
			{ServiceName: streamsName, MethodName: "delete"},
			{ServiceName: streamsName, MethodName: "read", Features: []string{"position", "events"}},
			{ServiceName: streamsName, MethodName: "tombstone"},
			{ServiceName: "event_store.client.gossip.gossip", MethodName: "read"},
			{ServiceName: "event_store.client.server_features.serverfeatures", MethodName: "getsupportedmethods"},
		},
	}, nil
}

type gossipService struct {
	gossip.UnimplementedGossipServer
	instance uuid.UUID
	address  net.Addr
}

func newGossipService(address net.Addr) *gossipService {
	return &gossipService{instance: uuid.New(), address: address}
}

// Read answers a cluster of one: this server, at the address by which the client reached it.
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
	candidates := append(metadata.ValueFromIncomingContext(ctx, ":authority"), g.address.String())
	for _, candidate := range candidates {
		host, text, err := net.SplitHostPort(candidate)
		if port, portErr := strconv.ParseUint(text, 10, 16); err == nil && portErr == nil {
			return host, uint32(port)
		}
	}
	return "", 0
}
