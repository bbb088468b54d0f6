package embedded

import (
	"context"
	"io"
	"net/http"
)

// run executes s on a connection of its own. When the client goes away, the statement is stopped.
func (h *handler) run(a *answer, r *http.Request, q request, s statement, body io.Reader) (err error) {
	if namesOutside(s.text, q.params) {
		return newException(codeAccessDenied, "A parameter names a file or the database default", "ACCESS_DENIED")
	}
	session, err := h.engine.session(r.Context(), q)
	if err != nil {
		return err
	}
	defer func() {
		if err == nil && r.Context().Err() == nil && s.leaves() {
			session.rest()
		} else {
			session.close()
		}
	}()
	defer h.stopWith(r.Context(), session.mark)()
	format := q.format
	if s.format != "" {
		format = s.format
	}
	lib, conn := h.engine.lib, *session.conn
	var done stats
	switch {
	case s.fed:
		done, err = lib.insert(conn, s.text, s.format, q.params, body)
	case lib.statements(conn, s.text) > 1:
		return newException(codeSyntaxError, "Syntax error (Multi-statements are not allowed)", "SYNTAX_ERROR")
	default:
		a.prepare(r, q, format)
		execute := lib.run
		if s.reads && followable(format) {
			execute = lib.stream
		}
		done, err = execute(conn, s.text, q.format, q.params, a.chunk)
		if err == nil && s.reads && format == "Native" && !a.begun {
			err = session.header(s.text, q.params, a.chunk)
		}
	}
	if err != nil {
		return err
	}
	return a.finish(done)
}

// stopWith stops the marked statement when ctx ends. The function it answers ends the watch and waits for it.
func (h *handler) stopWith(ctx context.Context, mark string) func() {
	over, idle := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(idle)
		h.engine.stop(mark, over)
	})
	return func() {
		close(over)
		if !cancel() {
			<-idle
		}
	}
}

// followable reports whether a format's chunks may simply follow each other.
func followable(format string) bool {
	switch format {
	case "Native", "RowBinary", "TabSeparated", "TSV", "CSV", "JSONEachRow", "JSONCompactEachRow":
		return true
	}
	return false
}
