package eventstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
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

const callTimeout = 10 * time.Second

// connection is the client, made anew when it has closed itself (ten failed discoveries close it for good).
type connection struct {
	url    string
	logger *slog.Logger
	mu     sync.Mutex
	client *esdb.Client
}

func dial(url string, logger *slog.Logger) (*connection, error) {
	c := &connection{url: url, logger: logger}
	_, err := c.get()
	return c, err
}

func (c *connection) get() (*esdb.Client, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client != nil {
		return c.client, nil
	}
	conf, err := esdb.ParseConnectionString(c.url)
	if err != nil {
		return nil, fmt.Errorf("the event store URL cannot be read: %w", err)
	}
	conf.Logger = func(level esdb.LogLevel, format string, args ...any) {
		c.logger.Debug("event store client", "level", level, "message", fmt.Sprintf(format, args...))
	}
	if c.client, err = esdb.NewClient(conf); err != nil {
		return nil, fmt.Errorf("connect to the event store: %w", err)
	}
	return c.client, nil
}

// translate turns a client error into the domain's, and drops the client where it has closed itself.
func (c *connection) translate(used *esdb.Client, err error) error {
	var e *esdb.Error
	if errors.As(err, &e) && e.Code() == esdb.ErrorCodeConnectionClosed {
		c.mu.Lock()
		if c.client == used {
			c.client = nil
		}
		c.mu.Unlock()
	}
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case grpcCode(err) == codes.ResourceExhausted:
		return fmt.Errorf("%w (%w)", ErrFull, err)
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

// grpcUnavailable tells a log that cannot be asked from one that has no such event.
func grpcUnavailable(err error) bool {
	var e *esdb.Error
	switch grpcCode(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled:
		return true
	}
	return errors.As(err, &e) && (e.Code() == esdb.ErrorUnavailable || e.Code() == esdb.ErrorCodeDeadlineExceeded || e.Code() == esdb.ErrorCodeConnectionClosed)
}

func (c *connection) close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil {
		return nil
	}
	err := c.client.Close()
	c.client = nil
	return err
}
