package embedded

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
)

const (
	maxPayload      = 8 << 20
	maxMemory       = 32 << 20
	defaultMaxBytes = 1 << 30
	startTimeout    = 30 * time.Second
	syncInterval    = 10 * time.Second
)

// Options of an embedded server.
type Options struct {
	// Dir holds the JetStream store; it is made where missing.
	Dir string
	// Listen is host:port; port 0 picks a free one, which is kept for the life of the Server. A host beyond loopback
	// needs a Token.
	Listen string
	// Token is what every client must present; one is made for this start where it is empty.
	Token string
	// MaxBytes bounds the store on disk; 0 means 1 GiB. Streams may reserve up to that, a tenth more is left for
	// their indexes.
	MaxBytes int64
	Logger   *slog.Logger
}

// ErrListen is answered where the address is open to others and no token was chosen.
var ErrListen = errors.New("the bus listens beyond this machine only with a token: set one, or listen on 127.0.0.1")

// Server is a NATS server in this process.
type Server struct {
	options Options
	logger  *slog.Logger
	url     string
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once

	mu      sync.Mutex
	running *natsd.Server
	store   os.FileInfo // the store's directory as it was made
}

// Open starts a server and waits until it takes clients.
func Open(o Options) (*Server, error) {
	host, port, err := listen(o)
	if err != nil {
		return nil, err
	}
	if o.Token == "" {
		o.Token = rand.Text()
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	s := &Server{options: o, logger: o.Logger, stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.start(host, port); err != nil {
		return nil, fmt.Errorf("start the embedded bus: %w", err)
	}
	address, ok := s.running.Addr().(*net.TCPAddr)
	if !ok {
		s.halt()
		return nil, errors.New("start the embedded bus: it has no TCP address")
	}
	at := url.URL{Scheme: "nats", User: url.User(o.Token), Host: net.JoinHostPort(reachable(host), strconv.Itoa(address.Port))}
	s.url = at.String()
	go s.watch(host, address.Port)
	return s, nil
}

// URL is how clients reach it, token included: nats://token@127.0.0.1:port. It stays the same over restarts within.
func (s *Server) URL() string { return s.url }

// Close stops the server and waits until it has ended or ctx has.
func (s *Server) Close(ctx context.Context) error {
	s.once.Do(func() { close(s.stop) })
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the embedded bus: %w", ctx.Err())
	}
}

// start brings a server up on the address; a port of 0 lets it choose.
func (s *Server) start(host string, port int) error {
	if err := os.MkdirAll(s.storeDir(), 0o700); err != nil {
		return err
	}
	if port == 0 {
		port = natsd.RANDOM_PORT
	}
	server, err := natsd.NewServer(&natsd.Options{
		ServerName: "careledger", Host: host, Port: port, Authorization: s.options.Token,
		NoSigs: true, NoLog: true, DisableJetStreamBanner: true, NoSystemAccount: true,
		MaxPayload: maxPayload, JetStream: true, StoreDir: s.options.Dir, SyncInterval: syncInterval,
		JetStreamMaxMemory: maxMemory, JetStreamMaxStore: s.options.MaxBytes + s.options.MaxBytes/10,
	})
	if err != nil {
		return err
	}
	log := &bridge{logger: s.logger}
	server.SetLoggerV2(log, false, false, false)
	server.Start()
	if !server.ReadyForConnections(startTimeout) || !server.JetStreamEnabled() {
		server.Shutdown()
		server.WaitForShutdown()
		return fmt.Errorf("the server did not come up: %s", log.lastFatal())
	}
	store, err := os.Stat(s.storeDir())
	if err != nil {
		server.Shutdown()
		server.WaitForShutdown()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running, s.store = server, store
	return nil
}

func (s *Server) halt() {
	s.mu.Lock()
	server := s.running
	s.running = nil
	s.mu.Unlock()
	if server == nil {
		return
	}
	server.Shutdown()
	server.WaitForShutdown()
}

// storeDir is where nats-server keeps JetStream below its StoreDir.
func (s *Server) storeDir() string { return filepath.Join(s.options.Dir, natsd.JetStreamStoreDir) }

func listen(o Options) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(o.Listen)
	if err != nil {
		return "", 0, fmt.Errorf("the bus listens on host:port, e.g. 127.0.0.1:0: %w", err)
	}
	if port, err = strconv.Atoi(text); err != nil {
		return "", 0, fmt.Errorf("the bus listens on host:port, e.g. 127.0.0.1:0: %w", err)
	}
	if o.Token == "" && !loopback(host) {
		return "", 0, ErrListen
	}
	return host, port, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// reachable is the host that a client on this machine dials.
func reachable(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		return "127.0.0.1"
	}
	return host
}
