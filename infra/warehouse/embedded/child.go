package embedded

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/careledger/careledger/domain/fault"
)

// child is one run of the warehouse's process.
type child struct {
	command *exec.Cmd
	life    io.Closer       // its standard input: closed, it ends
	over    context.Context // done once it has ended and all it said is read
	err     error           // how it ended; read when over

	mu   sync.Mutex
	last []string // the last lines it said, scrubbed
}

const lastLines = 5

func startChild(o SupervisorOptions, listener *os.File, password string) (*child, error) {
	command := exec.Command(o.Command[0], o.Command[1:]...) //nolint:gosec // the caller's own program
	command.Env = append(os.Environ(), o.Env...)
	command.Env = append(command.Env, childVariable+"=1", passwordVariable+"="+password, libraryVariable+"="+o.Library)
	command.ExtraFiles = []*os.File{listener}                 // file 3 in the child
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a Ctrl-C is the parent's to handle
	life, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start warehouse: %w", err)
	}
	said, err := command.StderrPipe()
	if err != nil {
		return nil, fmt.Errorf("start warehouse: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start warehouse: %w", err)
	}
	over, end := context.WithCancel(context.Background()) // the child's life, not a request's
	c := &child{command: command, life: life, over: over}
	go func() {
		defer end()
		c.listen(said, o.Logger)
		c.err = command.Wait()
	}()
	return c, nil
}

const longestLine = 64 << 10

// listen passes what the child says to the log until it says no more.
func (c *child) listen(said io.Reader, log *slog.Logger) {
	lines := bufio.NewScanner(said)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		line := scrub(lines.Text())
		c.mu.Lock()
		c.last = append(c.last, line)
		c.last = c.last[max(0, len(c.last)-lastLines):]
		c.mu.Unlock()
		log.Debug("warehouse says", "line", line)
	}
	_, _ = io.Copy(io.Discard, said) // after a line too long to keep
}

var (
	literal = regexp.MustCompile(`'(?:[^'\\]|\\.)*'?`)
	digits  = regexp.MustCompile(`[0-9]{7,}`)
	foreign = regexp.MustCompile(`[^\x20-\x7e]+`)
)

const longestScrubbed = 400

// scrub takes out of a line whatever could be a value in a statement: literals, long numbers, and all but ASCII.
func scrub(line string) string {
	line = literal.ReplaceAllString(line, "'…'")
	line = digits.ReplaceAllString(line, "#")
	line = foreign.ReplaceAllString(line, "…")
	if len(line) > longestScrubbed {
		line = line[:longestScrubbed] + "…"
	}
	return line
}

// how says how the child ended, with its last words. Only when it is over.
func (c *child) how() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	how := "exit status 0"
	if c.err != nil {
		how = c.err.Error()
	}
	if len(c.last) > 0 {
		how += ": " + strings.Join(c.last, " | ")
	}
	return how
}

// why is how as an error: where the child's last words say a refusal that a person can act on, that one, whole and in both
// languages.
func (c *child) why(library string) error {
	how := c.how()
	for _, refusal := range []*fault.Error{ErrEngineMissing, ErrEngineForeign} {
		if strings.Contains(how, scrub(refusal.Error())) {
			return hint(refusal, library, nil)
		}
	}
	for _, refusal := range []*fault.Error{ErrInUse, ErrDirectoryGone} {
		if strings.Contains(how, scrub(refusal.Error())) {
			return fmt.Errorf("%w / %s", refusal, refusal.Chinese)
		}
	}
	return errors.New(how)
}

// stop asks the child to end, and kills it when it has not done so in time or haste is closed.
func (c *child) stop(within time.Duration, haste <-chan struct{}) {
	_ = c.life.Close() // already closed when the child is gone
	select {
	case <-c.over.Done():
		return
	case <-time.After(within):
	case <-haste:
	}
	c.kill()
}

// kill ends the child at once and waits for it to be gone.
func (c *child) kill() {
	_ = c.command.Process.Kill() // already gone when this fails
	<-c.over.Done()
}
