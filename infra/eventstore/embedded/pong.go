package embedded

import (
	"net"
	"sync"
	"time"
)

// pongPatience is how long a pong waits for something to go with. Official clients ping with every answer they get, to
// learn how large a window the connection is worth, and a pong by itself wakes a lone writer's client once more.
const pongPatience = 2 * time.Millisecond

// listener makes connections that hold pongs back; under TLS none is told from other data.
type listener struct{ net.Listener }

func (l listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		return &connection{TCPConn: tcp}, err
	}
	return c, err
}

// connection holds a lone pong back.
type connection struct {
	*net.TCPConn
	mu    sync.Mutex
	held  []byte
	timer *time.Timer
}

const (
	pongBytes = 9 + 8
	framePing = 6
	flagAck   = 1
)

func isPong(b []byte) bool {
	return len(b) == pongBytes && b[2] == 8 && b[3] == framePing && b[4] == flagAck
}

func (c *connection) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) == 0 {
		if !isPong(b) {
			return c.TCPConn.Write(b)
		}
		c.held = append(c.held, b...)
		if c.timer == nil {
			c.timer = time.AfterFunc(pongPatience, c.flush)
		} else {
			c.timer.Reset(pongPatience)
		}
		return len(b), nil
	}
	c.timer.Stop()
	c.held = append(c.held, b...)
	n, err := c.TCPConn.Write(c.held)
	c.held = c.held[:0]
	return max(0, n-pongBytes), err
}

func (c *connection) flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.held) > 0 {
		_, _ = c.TCPConn.Write(c.held) // what is wrong with the connection, its next write finds too
		c.held = c.held[:0]
	}
}
