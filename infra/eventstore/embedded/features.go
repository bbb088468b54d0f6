package embedded

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// protocolVersion is the EventStoreDB version whose behaviour is served; clients choose by it.
const protocolVersion = "24.10.0"

// features are what clients can ask of a method since some version.
var features = map[string][]string{
	"event_store.client.streams.streams/read":        {"position", "events"},
	"event_store.client.streams.streams/batchappend": {"deadline_duration"},
}

type featuresService struct {
	serverfeatures.UnimplementedServerFeaturesServer
	served func() map[string]grpc.ServiceInfo
}

// GetSupportedMethods lists what is served, in lower case as clients compare it.
func (f featuresService) GetSupportedMethods(context.Context, *shared.Empty) (*serverfeatures.SupportedMethods, error) {
	answer := &serverfeatures.SupportedMethods{EventStoreServerVersion: protocolVersion}
	for service, info := range f.served() {
		service = strings.ToLower(service)
		for _, method := range info.Methods {
			name := strings.ToLower(method.Name)
			answer.Methods = append(answer.Methods, &serverfeatures.SupportedMethod{
				ServiceName: service, MethodName: name, Features: features[service+"/"+name],
			})
		}
	}
	return answer, nil
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
