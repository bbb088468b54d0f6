package embedded

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	statementTextBytes = 64 << 20         // a statement with its inline rows; fed rows are not limited
	bodyIdle           = 60 * time.Second // a client that sends or takes nothing for so long gives its connection up
)

// handler speaks ClickHouse's HTTP interface.
type handler struct {
	engine *engine
	log    *slog.Logger
	guard  guard
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/ping":
		h.ping(w)
	case r.URL.Path != "/":
		http.NotFound(w, r)
	case r.Method != http.MethodGet && r.Method != http.MethodPost && r.Method != http.MethodHead:
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	default:
		h.statement(w, r)
	}
}

// ping answers as ClickHouse does, and only when the engine still answers too.
func (h *handler) ping(w http.ResponseWriter) {
	if err := h.engine.ping(); err != nil {
		http.Error(w, asException(err).text, http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "Ok.\n") // the client is gone when this fails
}

// statement answers one request. An error before the first byte of the answer becomes a status; one after it is written
// behind the rows, as ClickHouse does.
func (h *handler) statement(w http.ResponseWriter, r *http.Request) {
	a := newAnswer(w)
	defer a.release()
	began := time.Now()
	err := h.answer(a, r)
	if err != nil {
		a.fail(err)
	}
	code := 0
	if err != nil {
		code = asException(err).code
	}
	h.log.LogAttrs(r.Context(), slog.LevelDebug, "warehouse request",
		slog.String("query_id", a.id), slog.Int("code", code), slog.Duration("took", time.Since(began)))
}

func (h *handler) answer(a *answer, r *http.Request) error {
	if err := h.guard.admit(r); err != nil {
		return err
	}
	q, err := parseRequest(r)
	if err != nil {
		return err
	}
	if q.id == "" {
		q.id = uuid.NewString()
	}
	a.id = q.id
	body, err := decodeBody(r, &patientBody{r: r.Body, c: a.control}, q)
	if err != nil {
		return err
	}
	s, body, err := readStatement(q, body)
	if err != nil {
		return err
	}
	if isHello(s.text) {
		return h.hello(a, r, q)
	}
	if s.text == "" {
		return a.write("text/plain; charset=UTF-8", []byte("Ok.\n"))
	}
	return h.run(a, r, q, s, body)
}

func (h *handler) hello(a *answer, r *http.Request, q request) error {
	data, err := hello(h.engine.lib.version(), q.protocol)
	if err != nil {
		return err
	}
	a.begin(r, q, "Native")
	if err := a.chunk(data); err != nil {
		return err
	}
	return a.finish(stats{})
}

// readStatement takes the statement from the URL, the body or both, and leaves in the reader the rows to feed to it.
func readStatement(q request, body io.Reader) (statement, io.Reader, error) {
	if strings.TrimSpace(q.query) != "" {
		s, err := parseStatement(q.query)
		if err != nil || s.fed {
			return s, io.MultiReader(strings.NewReader(s.data), body), err
		}
	}
	rest, err := io.ReadAll(io.LimitReader(body, statementTextBytes+1))
	if err != nil {
		return statement{}, nil, err
	}
	if len(rest) > statementTextBytes {
		return statement{}, nil, newException(codeTooLarge, "The statement is too large; send its rows in the body", "QUERY_IS_TOO_LARGE")
	}
	text := q.query
	if len(rest) > 0 && text != "" {
		text += "\n"
	}
	s, err := parseStatement(text + string(rest))
	return s, strings.NewReader(s.data), err
}

// patientBody gives up on a client that sends nothing for bodyIdle.
type patientBody struct {
	r io.Reader
	c *http.ResponseController
}

func (p *patientBody) Read(b []byte) (int, error) {
	if err := p.until(time.Now().Add(bodyIdle)); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	if err == nil {
		return n, nil
	}
	// The server keeps reading behind the body to see the client leave; a deadline left there would look like that.
	if failed := p.until(time.Time{}); failed != nil {
		return n, failed
	}
	return n, err
}

func (p *patientBody) until(t time.Time) error {
	if err := p.c.SetReadDeadline(t); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("read body: %w", err)
	}
	return nil
}
