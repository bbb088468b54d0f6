package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/protos/gossip"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/serverfeatures"
	"github.com/EventStore/EventStore-Client-Go/v4/protos/streams"
	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	_ "google.golang.org/grpc/encoding/gzip" // which a client may ask for
	"google.golang.org/grpc/experimental"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/mem"

	"github.com/careledger/careledger/infra/eventstore/embedded/store"
)

// Server is a running event store.
type Server struct {
	options  Options
	store    *store.Store
	listener net.Listener
	grpc     *grpc.Server
	running  context.Context //nolint:containedctx // ends when subscriptions and upkeep are to end
	stop     context.CancelFunc
	serving  sync.WaitGroup
	fatal    chan error
}

// Open opens the store and listens. The server is ready when it returns.
func Open(o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s := &Server{options: o, fatal: make(chan error, 1)}
	s.running, s.stop = context.WithCancel(context.Background())
	grpcOptions, err := s.grpcOptions()
	if err != nil {
		return nil, err
	}
	if s.listener, err = net.Listen("tcp", o.Listen); err != nil {
		return nil, fmt.Errorf("the event store cannot listen on %s; is another one running? %w", o.Listen, err)
	}
	s.store, err = store.Open(store.Options{
		Dir: o.Dir, FS: o.FS, Logger: o.Logger, Registry: o.Registry, Now: o.Now, ReserveBytes: o.ReserveBytes, FreeSpace: o.FreeSpace, Lean: o.Lean,
	})
	if err != nil {
		return nil, errors.Join(err, s.listener.Close())
	}
	s.start(grpcOptions)
	return s, nil
}

func (s *Server) start(o []grpc.ServerOption) {
	s.grpc = grpc.NewServer(o...)
	streams.RegisterStreamsServer(s.grpc, &streamsService{store: s.store, stopping: s.running.Done()})
	serverfeatures.RegisterServerFeaturesServer(s.grpc, featuresService{served: s.grpc.GetServiceInfo})
	gossip.RegisterGossipServer(s.grpc, &gossipService{instance: uuid.New(), address: s.Addr(), tls: s.options.TLSCert != ""})
	s.serving.Go(func() {
		if err := s.grpc.Serve(listener{s.listener}); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
			s.report(fmt.Errorf("serve the event store: %w", err))
		}
	})
	s.serving.Go(func() {
		select {
		case err := <-s.store.Err():
			s.report(err)
		case <-s.running.Done():
		}
	})
	if every := s.options.ScavengeEvery; every > 0 {
		s.serving.Go(func() { s.scavengeAtTimes(every) })
	}
}

// Limits of the protocol: a message holds at most one event of 16 MiB with what surrounds it.
const (
	maxMessage    = 17 << 20
	minKeepalive  = 100 * time.Millisecond // a client's keepAliveInterval is its own affair
	maxStreams    = 4096                   // open calls a connection
	streamWorkers = 128                    // kept, so that a short call finds a grown stack; more calls get goroutines of their own
	windowBytes   = 1 << 20
	handshakeTime = 10 * time.Second
)

func (s *Server) grpcOptions() ([]grpc.ServerOption, error) {
	gate, err := newGate(&s.options)
	if err != nil {
		return nil, err
	}
	buffers, err := mem.NewBinaryTieredBufferPool(8, 10, 11, 12, 14, 15, 17, 20) // as gRPC's own, with such as fit an event
	if err != nil {
		return nil, err
	}
	s.options.AdminPassword = "" // only its hash is kept
	o := []grpc.ServerOption{
		grpc.ForceServerCodecV2(newCodec()),
		grpc.MaxRecvMsgSize(maxMessage),
		grpc.MaxConcurrentStreams(maxStreams),
		grpc.NumStreamWorkers(streamWorkers),
		experimental.BufferPool(buffers),
		grpc.InitialWindowSize(windowBytes), grpc.InitialConnWindowSize(windowBytes),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: minKeepalive, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 10 * time.Second}),
		grpc.ConnectionTimeout(handshakeTime),
		grpc.WaitForHandlers(true),
		grpc.UnaryInterceptor(gate.unary), grpc.StreamInterceptor(gate.stream),
		grpc.UnknownServiceHandler(unimplemented),
	}
	if s.options.TLSCert == "" {
		return o, nil
	}
	c, err := credentials.NewServerTLSFromFile(s.options.TLSCert, s.options.TLSKey)
	if err != nil {
		return nil, fmt.Errorf("read the TLS certificate and key: %w", err)
	}
	return append(o, grpc.Creds(c)), nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// URL is the connection string for the official clients, without credentials.
func (s *Server) URL() string {
	return fmt.Sprintf("esdb://%s?tls=%t", reachable(s.Addr()), s.options.TLSCert != "")
}

// Err gets at most one error: the server acknowledges nothing more. The owner should close it and end.
func (s *Server) Err() <-chan error { return s.fatal }

func (s *Server) report(err error) {
	select {
	case s.fatal <- err:
	default: // one is enough
	}
}

// Close ends subscriptions, lets running calls finish while ctx lasts, and closes the store. Where that has failed, a
// call may never finish, and is not waited for longer than ctx.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	drained := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		s.serving.Wait()
		close(drained)
	}()
	select {
	case <-drained:
	case <-ctx.Done():
		go s.grpc.Stop() // also ends GracefulStop
		select {
		case <-drained:
		case <-s.store.Failed():
		}
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	return s.store.Close(closing)
}

// closeTime is what the store gets to finish: on a full disk it may wait for space.
const closeTime = 10 * time.Second
