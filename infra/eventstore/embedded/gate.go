package embedded

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

const adminUser = "admin"

// gate lets calls in: all where no password is set, else those with the admin's. What clients ask before they send
// credentials (server features, gossip) is open.
type gate struct {
	closed bool
	want   [sha256.Size]byte
}

func newGate(password string) *gate {
	return &gate{closed: password != "", want: credential(adminUser + ":" + password)}
}

// credential is a digest of fixed length, so that comparing tells nothing of the password's.
func credential(userAndPassword string) [sha256.Size]byte {
	return sha256.Sum256([]byte(userAndPassword))
}

func (g *gate) admit(ctx context.Context, method string) error {
	if !g.closed || method == gossip.Gossip_Read_FullMethodName || method == serverfeatures.ServerFeatures_GetSupportedMethods_FullMethodName {
		return nil
	}
	for _, value := range metadata.ValueFromIncomingContext(ctx, "authorization") {
		const scheme = "Basic "
		if len(value) <= len(scheme) || value[:len(scheme)] != scheme {
			continue
		}
		plain, err := base64.StdEncoding.DecodeString(value[len(scheme):])
		if got := credential(string(plain)); err == nil && subtle.ConstantTimeCompare(got[:], g.want[:]) == 1 {
			return nil
		}
	}
	return refuse(ctx, codes.Unauthenticated, "give the user admin and its password", exceptionKey, notAuthenticated)
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
