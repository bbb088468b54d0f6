package embedded

import (
	"context"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"google.golang.org/grpc"
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
