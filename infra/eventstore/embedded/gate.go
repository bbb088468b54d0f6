package embedded

import (
	"context"
	"fmt"
	"maps"
	"net/http"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"

	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

const adminUser = "admin"

// gate lets calls in: all where there are no users, else those with a user's password. What clients ask before they
// send credentials (server features, gossip) is open.
type gate struct {
	door *users.Door // nil: open
}

func newGate(o *Options) (*gate, error) {
	hashes := maps.Clone(o.Users)
	if o.AdminPassword != "" {
		phc, err := users.Hash(o.AdminPassword)
		if err != nil {
			return nil, fmt.Errorf("the user %s: %w", adminUser, err)
		}
		if hashes == nil {
			hashes = users.Hashes{}
		}
		hashes[adminUser] = phc
	}
	if len(hashes) == 0 {
		return &gate{}, nil
	}
	door, err := users.NewDoor(hashes)
	return &gate{door}, err
}

func (g *gate) admit(ctx context.Context, method string) error {
	if g.door == nil || method == gossip.Gossip_Read_FullMethodName || method == serverfeatures.ServerFeatures_GetSupportedMethods_FullMethodName {
		return nil
	}
	for _, value := range metadata.ValueFromIncomingContext(ctx, "authorization") {
		name, password, ok := (&http.Request{Header: http.Header{"Authorization": {value}}}).BasicAuth()
		if !ok {
			continue
		}
		if ok, err := g.door.Admits(ctx, name, password); ok || err != nil {
			return plain(err)
		}
	}
	return refuse(ctx, codes.Unauthenticated, "give a user of the event store and the right password", exceptionKey, notAuthenticated)
}

func (g *gate) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if err := g.admit(ctx, info.FullMethod); err != nil {
		return nil, err
	}
	return handle(ctx, request)
}

func (g *gate) stream(service any, call grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	if err := g.admit(call.Context(), info.FullMethod); err != nil {
		return err
	}
	return handle(service, call)
}
