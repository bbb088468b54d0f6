package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/careledger/careledger/domain/fault"
)

// ErrUnavailable is answered while the log cannot be reached, or took too long; a command may or may not have been taken.
var ErrUnavailable = fault.New(fault.Unavailable, "log-unavailable",
	"事件日志暂时无法访问，请稍后用同一幂等键重试；不会重复记账。",
	"The event log cannot be reached just now; retry with the same idempotency key, nothing is recorded twice.")

// ErrFull is answered while the log's disk is almost full.
var ErrFull = fault.New(fault.Unavailable, "log-disk-full",
	"日志所在磁盘空间不足，已停止写入；请清理磁盘，空间恢复后自动继续。",
	"The log's disk is almost full, so writing has stopped; free some space and it goes on by itself.")

// ErrLogDamaged is answered for what cannot be read as the store's files are not as they were written. All else goes on.
var ErrLogDamaged = fault.New(fault.Unavailable, "log-damaged",
	"事件日志中有已损坏的记录，重试无济于事：请用 careledger verify 定位，并恢复备份；其他记录照常登记。",
	"The event log holds records that are damaged, and trying again does not help: `careledger verify` says where; restore a backup. All else is recorded as before.")

// ErrURL is answered for a URL that is not an event store's.
var ErrURL = errors.New("the event store URL cannot be read")

const callTimeout = 10 * time.Second

// callsAtOnce bounds the calls that are in the client, those included whose caller has gone.
const callsAtOnce = 1024

// connection is the official client, which knows no deadline of ours while it looks for the server: it answers nobody
// then, and after its last attempt forgets those who wait. So it never stops trying, and who calls it goes by call.
type connection struct {
	client  *esdb.Client
	calls   chan struct{} // one for each call in the client
	damaged atomic.Bool   // something that was read is
}

func dial(url string, logger *slog.Logger) (*connection, error) {
	conf, err := esdb.ParseConnectionString(url)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	conf.MaxDiscoverAttempts = math.MaxInt
	conf.Logger = func(level esdb.LogLevel, format string, args ...any) {
		logger.Debug("event store client", "level", level, "message", fmt.Sprintf(format, args...))
	}
	client, err := esdb.NewClient(conf)
	if err != nil {
		return nil, fmt.Errorf("connect to the event store: %w", err)
	}
	return &connection{client: client, calls: make(chan struct{}, callsAtOnce)}, nil
}

// call answers what f, which calls the client, answers; or the end of ctx, after which what f does is not looked at. f
// must share nothing with its caller but ctx.
func call[T any](ctx context.Context, c *connection, f func(*esdb.Client) (T, error)) (answer T, err error) {
	select {
	case c.calls <- struct{}{}:
	case <-ctx.Done():
		return answer, translate(ctx.Err())
	}
	type answered struct {
		answer T
		err    error
	}
	done := make(chan answered, 1)
	go func() {
		defer func() { <-c.calls }()
		answer, err := f(c.client)
		done <- answered{answer, err}
	}()
	select {
	case a := <-done:
		return a.answer, c.note(a.err)
	case <-ctx.Done():
		return answer, translate(ctx.Err())
	}
}

// note remembers where an error says that the log is damaged.
func (c *connection) note(err error) error {
	if errors.Is(err, ErrLogDamaged) {
		c.damaged.Store(true)
	}
	return err
}

// translate turns a client error into the domain's.
func translate(err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case grpcCode(err) == codes.ResourceExhausted:
		return fmt.Errorf("%w (%w)", ErrFull, err)
	case grpcCode(err) == codes.DataLoss:
		return fmt.Errorf("%w (%w)", ErrLogDamaged, err)
	}
	return fmt.Errorf("%w (%w)", ErrUnavailable, err)
}

func grpcCode(err error) codes.Code {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return s.GRPCStatus().Code()
	}
	return codes.Unknown
}

// reason is what the store itself says of an error.
func reason(err error) string {
	var s interface{ GRPCStatus() *status.Status }
	if errors.As(err, &s) {
		return s.GRPCStatus().Message()
	}
	return err.Error()
}

// grpcUnavailable tells a log that cannot be asked from one that has no such event.
func grpcUnavailable(err error) bool {
	var e *esdb.Error
	switch grpcCode(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return true
	}
	return errors.As(err, &e) && (e.Code() == esdb.ErrorUnavailable || e.Code() == esdb.ErrorCodeDeadlineExceeded || e.Code() == esdb.ErrorCodeConnectionClosed)
}

// close closes the client, unless a call is still in it: the client would panic. Such a call ends with the process.
func (c *connection) close() error {
	for range callsAtOnce {
		select {
		case c.calls <- struct{}{}: // no call begins any more
		default:
			return nil
		}
	}
	return c.client.Close()
}
