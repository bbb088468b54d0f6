package embedded

import (
	"errors"
	"io"
	"strings"
	"unsafe"
)

// session is a connection that one request has to itself. It is used by one goroutine at a time and must be closed, or laid
// to rest.
type session struct {
	engine *engine
	conn   *uintptr
	mark   string // its log_comment, by which stop finds it
	setup  string // how it is set up
}

func (s *session) close() {
	s.engine.lib.close(s.conn)
	<-s.engine.slots
}

// configure applies what the request asks for: settings first, then the database, and readonly last, since nothing can
// be changed after it.
func (s *session) configure(r request) error {
	changes := []string{"log_comment = " + quoteText(s.mark)}
	for _, p := range r.settings {
		changes = append(changes, p.name+" = "+quoteText(p.value))
	}
	if err := s.do("SET " + strings.Join(changes, ", ")); err != nil {
		return err
	}
	database := r.database
	if database == "" || database == overlay {
		database = home
	}
	if err := s.do("USE " + quoteName(database)); err != nil {
		return err
	}
	if r.readonly == "" {
		return nil
	}
	return s.do("SET readonly = " + quoteText(r.readonly))
}

func (s *session) do(sql string) error {
	_, err := s.engine.lib.run(*s.conn, sql, "TabSeparated", nil, func([]byte) error { return nil })
	return err
}

// pair is a named value: a setting or a query parameter.
type pair struct{ name, value string }

// stats counts what a statement did.
type stats struct {
	read, written uint64
}

// run executes one statement and hands its whole result to sink, in the engine's own memory: sink must not keep it.
func (b *binding) run(conn uintptr, sql, format string, params []pair, sink func([]byte) error) (stats, error) {
	call := newCall(sql, format, params)
	defer call.release()
	result := b.query(call.arguments(conn))
	if result == 0 {
		return stats{}, newException(codeUnknownStatus, "The engine gave no result", "UNKNOWN_EXCEPTION")
	}
	defer b.resultDestroy(result)
	if text := b.resultError(result); text != "" {
		return stats{}, engineException(text)
	}
	done := stats{read: b.resultRowsRead(result), written: b.resultRowsWritten(result)}
	if data := b.bytes(result); len(data) > 0 {
		return done, sink(data)
	}
	return done, nil
}

// stream executes a query and hands its result to sink chunk by chunk, so that a large one never is in memory as a whole.
// Only for formats whose chunks may simply follow each other.
func (b *binding) stream(conn uintptr, sql, format string, params []pair, sink func([]byte) error) (stats, error) {
	call := newCall(sql, format, params)
	defer call.release()
	handle := b.streamQuery(call.arguments(conn))
	if handle == 0 {
		return stats{}, newException(codeUnknownStatus, "The engine gave no result", "UNKNOWN_EXCEPTION")
	}
	defer b.resultDestroy(handle)
	if text := b.resultError(handle); text != "" {
		return stats{}, engineException(text)
	}
	var done stats
	for {
		more, err := b.chunk(conn, handle, &done, sink)
		if err != nil {
			b.streamCancel(conn, handle)
			return done, err
		}
		if !more {
			return done, nil
		}
	}
}

func (b *binding) chunk(conn, handle uintptr, done *stats, sink func([]byte) error) (more bool, err error) {
	result := b.streamFetch(conn, handle)
	if result == 0 {
		return false, newException(codeUnknownStatus, "The engine gave no result", "UNKNOWN_EXCEPTION")
	}
	defer b.resultDestroy(result)
	if text := b.resultError(result); text != "" {
		return false, engineException(text)
	}
	done.read += b.resultRowsRead(result)
	data := b.bytes(result)
	if len(data) == 0 {
		return false, nil
	}
	return true, sink(data)
}

const insertChunkBytes = 256 << 10

// insert feeds body, in the given format, to an INSERT that carries no FORMAT of its own. When body fails nothing more
// is written and its error is answered.
func (b *binding) insert(conn uintptr, sql, format string, params []pair, body io.Reader) (stats, error) {
	call := newCall(sql, format, params)
	defer call.release()
	stream := b.insertOpen(call.arguments(conn))
	if stream == 0 {
		return stats{}, newException(codeUnknownStatus, "The engine opened no insert", "UNKNOWN_EXCEPTION")
	}
	defer b.insertDestroy(stream)
	if text := b.insertError(stream); text != "" {
		return stats{}, engineException(text)
	}
	if err := b.feed(stream, body); err != nil {
		b.insertCancel(stream)
		return stats{}, err
	}
	result := b.insertDone(stream)
	if result == 0 {
		return stats{}, newException(codeUnknownStatus, "The engine did not finish the insert", "UNKNOWN_EXCEPTION")
	}
	defer b.resultDestroy(result)
	if text := b.resultError(result); text != "" {
		return stats{}, engineException(text)
	}
	return stats{written: b.resultRowsWritten(result)}, nil
}

// feed copies body into the insert until its end. An insert that has failed says why when it is finished, so feed then
// only stops. A body cut short (io.ErrUnexpectedEOF from the client's connection) is an error, never an end.
func (b *binding) feed(stream uintptr, body io.Reader) error {
	buffer := make([]byte, insertChunkBytes)
	for {
		n, err := body.Read(buffer)
		if n > 0 && b.insertAppend(stream, unsafe.Pointer(&buffer[0]), uintptr(n)) != 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// bytes is the result's data in the engine's memory, valid until the result is destroyed.
func (b *binding) bytes(result uintptr) []byte {
	n := b.resultLength(result)
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(b.resultBuffer(result)), int(n))
}

// call is a statement laid out for C: text, format and parameters.
type call struct{ text, names, values *arguments }

func newCall(sql, format string, params []pair) call {
	names, values := make([]string, len(params)), make([]string, len(params))
	for i, p := range params {
		names[i], values[i] = p.name, p.value
	}
	return call{newArguments([]string{sql, format}, false), newArguments(names, false), newArguments(values, false)}
}

func (c call) arguments(conn uintptr) (uintptr, unsafe.Pointer, uintptr, unsafe.Pointer, uintptr, unsafe.Pointer, unsafe.Pointer, unsafe.Pointer, unsafe.Pointer, uintptr) {
	return conn, c.text.addresses[0], c.text.lengths[0], c.text.addresses[1], c.text.lengths[1],
		c.names.pointers(), c.names.sizes(), c.values.pointers(), c.values.sizes(), uintptr(len(c.names.addresses))
}

func (c call) release() {
	c.text.release()
	c.names.release()
	c.values.release()
}

var textEscaper = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func quoteText(s string) string { return "'" + textEscaper.Replace(s) + "'" }

func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}
