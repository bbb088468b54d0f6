package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
)

// How Supervise talks to its child. A listener travels as the first inherited file, the password in the environment
// (argv is for everyone to see), and the end of standard input says that the parent is gone, however it ended.
const (
	childVariable    = "CAREL_WAREHOUSE_CHILD"
	passwordVariable = "CAREL_WAREHOUSE_PASSWORD"
	libraryVariable  = LibraryVariable
	listenerFile     = 3
)

var errParentGone = errors.New("the parent process is gone")

// inheritance is what a child has from the Supervise that started it; nil in a process of its own.
type inheritance struct{ listener net.Listener }

// adopt takes over what the parent passed, when there is one, and forgets the variables.
func adopt(o *Options) (*inheritance, error) {
	if o.Password == "" {
		o.Password = os.Getenv(passwordVariable)
	}
	child := os.Getenv(childVariable) != ""
	for _, name := range []string{childVariable, passwordVariable} {
		if err := os.Unsetenv(name); err != nil {
			return nil, fmt.Errorf("adopt: %w", err)
		}
	}
	if !child {
		return nil, nil
	}
	f := os.NewFile(listenerFile, "listener")
	listener, err := net.FileListener(f)
	if err != nil {
		return nil, fmt.Errorf("adopt listener: %w", errors.Join(err, f.Close()))
	}
	o.Listen = listener.Addr().String()
	return &inheritance{listener: listener}, f.Close()
}

func (i *inheritance) listen(ctx context.Context, address string) (net.Listener, error) {
	if i != nil {
		return i.listener, nil
	}
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", address)
}

// watch returns errParentGone at the end of standard input, or nil when ctx ends first. The read itself cannot be
// interrupted; it ends with the process.
func (i *inheritance) watch(ctx context.Context) error {
	if i == nil {
		return nil
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, os.Stdin) // any end means the same
	}()
	select {
	case <-ctx.Done():
		return nil
	case <-gone:
		return errParentGone
	}
}
