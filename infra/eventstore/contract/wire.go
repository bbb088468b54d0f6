package contract

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/shared"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// wire speaks the protocol itself, for what the official client cannot ask for. It goes to the first node of the URL.
func (k *kit) wire(t testing.TB) streams.StreamsClient {
	t.Helper()
	conf, err := esdb.ParseConnectionString(k.url)
	require.NoError(t, err)
	address := conf.Address
	if address == "" {
		address = fmt.Sprintf("%s:%d", conf.GossipSeeds[0].Host, conf.GossipSeeds[0].Port)
	}
	transport := insecure.NewCredentials()
	if !conf.DisableTLS {
		transport = credentials.NewTLS(&tls.Config{RootCAs: conf.RootCAs, InsecureSkipVerify: conf.SkipCertificateVerification}) //nolint:gosec // as the URL says
	}
	options := []grpc.DialOption{grpc.WithTransportCredentials(transport), grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(17 << 20))}
	if conf.Username != "" && !conf.DisableTLS {
		options = append(options, grpc.WithPerRPCCredentials(basic(conf.Username+":"+conf.Password)))
	}
	conn, err := grpc.NewClient(address, options...)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	return streams.NewStreamsClient(conn)
}

// basic is "user:password".
type basic string

func (b basic) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(b))}, nil
}

func (basic) RequireTransportSecurity() bool { return true }

// wireRead sends one read and answers all that comes until it ends.
func (k *kit) wireRead(t testing.TB, o *streams.ReadReq_Options) (answers []*streams.ReadResp, err error) {
	t.Helper()
	if o.UuidOption == nil {
		o.UuidOption = &streams.ReadReq_Options_UUIDOption{Content: &streams.ReadReq_Options_UUIDOption_Structured{Structured: &shared.Empty{}}}
	}
	if o.FilterOption == nil {
		o.FilterOption = &streams.ReadReq_Options_NoFilter{NoFilter: &shared.Empty{}}
	}
	call, err := k.wire(t).Read(deadline(t), &streams.ReadReq{Options: o})
	require.NoError(t, err)
	for {
		answer, err := call.Recv()
		if errors.Is(err, io.EOF) {
			return answers, nil
		}
		if err != nil {
			return answers, err
		}
		answers = append(answers, answer)
	}
}

func wireDirection(d esdb.Direction) streams.ReadReq_Options_ReadDirection {
	if d == esdb.Backwards {
		return streams.ReadReq_Options_Backwards
	}
	return streams.ReadReq_Options_Forwards
}

func wireStream(name string, from esdb.StreamPosition) *streams.ReadReq_Options_Stream {
	o := &streams.ReadReq_Options_StreamOptions{StreamIdentifier: &shared.StreamIdentifier{StreamName: []byte(name)}}
	switch p := from.(type) {
	case esdb.Start:
		o.RevisionOption = &streams.ReadReq_Options_StreamOptions_Start{Start: &shared.Empty{}}
	case esdb.End:
		o.RevisionOption = &streams.ReadReq_Options_StreamOptions_End{End: &shared.Empty{}}
	case esdb.StreamRevision:
		o.RevisionOption = &streams.ReadReq_Options_StreamOptions_Revision{Revision: p.Value}
	}
	return &streams.ReadReq_Options_Stream{Stream: o}
}

func wireAll(from esdb.AllPosition) *streams.ReadReq_Options_All {
	o := &streams.ReadReq_Options_AllOptions{}
	switch p := from.(type) {
	case esdb.Start:
		o.AllOption = &streams.ReadReq_Options_AllOptions_Start{Start: &shared.Empty{}}
	case esdb.End:
		o.AllOption = &streams.ReadReq_Options_AllOptions_End{End: &shared.Empty{}}
	case esdb.Position:
		o.AllOption = &streams.ReadReq_Options_AllOptions_Position{
			Position: &streams.ReadReq_Options_Position{CommitPosition: p.Commit, PreparePosition: p.Prepare},
		}
	}
	return &streams.ReadReq_Options_All{All: o}
}
