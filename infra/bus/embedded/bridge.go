package embedded

import (
	"fmt"
	"log/slog"
	"sync"
)

// bridge passes the server's own log lines to slog. Fatal lines do not end the process: the watch brings the server back.
type bridge struct {
	logger *slog.Logger
	mu     sync.Mutex
	fatal  string
}

func (b *bridge) Noticef(format string, v ...any) { b.logger.Debug(line(format, v)) }
func (b *bridge) Debugf(format string, v ...any)  { b.logger.Debug(line(format, v)) }
func (b *bridge) Tracef(format string, v ...any)  { b.logger.Debug(line(format, v)) }
func (b *bridge) Warnf(format string, v ...any)   { b.logger.Warn(line(format, v)) }
func (b *bridge) Errorf(format string, v ...any)  { b.logger.Error(line(format, v)) }

func (b *bridge) Fatalf(format string, v ...any) {
	text := line(format, v)
	b.mu.Lock()
	b.fatal = text
	b.mu.Unlock()
	b.logger.Error(text)
}

func (b *bridge) lastFatal() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fatal == "" {
		return "no reason given"
	}
	return b.fatal
}

func line(format string, v []any) string { return "bus server: " + fmt.Sprintf(format, v...) }
