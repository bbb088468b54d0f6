package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

const (
	callTimeout     = 5 * time.Second
	reconnectWait   = 100 * time.Millisecond
	defaultMaxBytes = 1 << 30
)

// ErrUnavailable is answered while the bus cannot be reached. Nothing is lost meanwhile: feeds read the log.
var ErrUnavailable = fault.New(fault.Unavailable, "bus-unavailable",
	"消息总线暂时无法访问；记账不受影响，统计会稍后自动补齐。请检查 NATS 地址与磁盘空间。",
	"The bus cannot be reached just now; recording goes on and the figures catch up by themselves. Check the NATS address and its disk.")

// Options of a connection to NATS.
type Options struct {
	// URL is nats://…, user or token included; several are separated by commas.
	URL string
	// Codec turns an event's data into its Go value.
	Codec *event.Codec
	// MaxBytes bounds the stream, the oldest messages go first; 0 means 1 GiB.
	MaxBytes int64
	// Mismatch reports that an error of Log.Follow means "this checkpoint is not of this log". The relay then begins
	// anew, a feed gives up. Nil: no error means that.
	Mismatch func(error) bool
	// Publishing is called when the relay sends an event; what it answers, unless nil, is called once, with the outcome.
	// Neither may wait. Nil: nobody watches.
	Publishing func(event.Recorded) (done func(error))
	Logger     *slog.Logger
	Registry   prometheus.Registerer
}

// Bus is a connection to NATS that never gives up reconnecting.
type Bus struct {
	options Options
	logger  *slog.Logger
	nc      *nats.Conn
	js      jetstream.JetStream
	metrics metrics
}

// Connect dials NATS and makes or updates the stream. A server that is away is no error: the connection comes when it
// does, and relay and feeds see to the stream then. An error means that the options cannot work.
func Connect(ctx context.Context, o Options) (*Bus, error) {
	if o.Codec == nil {
		return nil, errors.New("connect to the bus: a codec is needed")
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Mismatch == nil {
		o.Mismatch = func(error) bool { return false }
	}
	b := &Bus{options: o, logger: o.Logger, metrics: newMetrics(o.Registry)}
	var err error
	if b.nc, err = nats.Connect(o.URL, b.connection()...); err != nil {
		return nil, fmt.Errorf("connect to the bus: %w", err)
	}
	if b.js, err = jetstream.New(b.nc, jetstream.WithDefaultTimeout(callTimeout)); err != nil {
		b.nc.Close()
		return nil, fmt.Errorf("connect to the bus: %w", err)
	}
	if _, err := b.stream(ctx); err != nil {
		b.logger.Warn("the bus is not ready yet, feeds read the log until it is", "error", err)
	}
	return b, nil
}

func (b *Bus) connection() []nats.Option {
	return []nats.Option{
		nats.Name("careledger"), nats.Timeout(callTimeout),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait),
		nats.ReconnectJitter(reconnectWait, reconnectWait), nats.IgnoreAuthErrorAbort(),
		nats.ReconnectBufSize(-1), // what is said into the void is said again by whoever said it, in order
		nats.PingInterval(10 * time.Second), nats.MaxPingsOutstanding(2),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil { // nil: we closed it
				b.logger.Warn("the bus is away", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.logger.Info("the bus is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			b.logger.Debug("bus client", "subject", subject, "error", err)
		}),
	}
}

// Close ends the connection; relay, feeds and notices should have ended before.
func (b *Bus) Close() { b.nc.Close() }

// Healthy asks the server for the stream.
func (b *Bus) Healthy(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	if !b.nc.IsConnected() {
		return ErrUnavailable
	}
	if _, err := b.js.Stream(ctx, streamName); err != nil {
		return fmt.Errorf("%w (%w)", ErrUnavailable, err)
	}
	return nil
}

// ended is ctx's error where it has ended, else err.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// pause waits for d or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// A backoff doubles from 100 ms to 2 s.
type backoff struct{ d time.Duration }

func (b *backoff) reset() { b.d = 0 }

func (b *backoff) wait(ctx context.Context) {
	b.d = min(max(2*b.d, 100*time.Millisecond), 2*time.Second)
	pause(ctx, b.d)
}
