package embedded

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// answer writes one response: headers with the first chunk, so that an error before it can still be a status.
type answer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	id, tag string
	open    func() encoder
	encoder encoder
	begun   bool
}

func newAnswer(w http.ResponseWriter) *answer {
	return &answer{w: w, control: http.NewResponseController(w), tag: rand.Text()[:16]}
}

// prepare says how the answer will be written, once there is something to write.
func (a *answer) prepare(r *http.Request, q request, format string) {
	a.open = func() encoder {
		h := a.w.Header()
		h.Set("Content-Type", contentType(format))
		h.Set("X-ClickHouse-Format", format)
		h.Set("X-ClickHouse-Exception-Tag", a.tag)
		return encodeAnswer(r, q, h, a.w)
	}
}

func (a *answer) begin(r *http.Request, q request, format string) {
	a.prepare(r, q, format)
	a.start()
}

func (a *answer) start() {
	if a.begun {
		return
	}
	a.begun = true
	a.common()
	a.encoder = encoder{a.w, func() error { return nil }}
	if a.open != nil {
		a.encoder = a.open()
	}
}

func (a *answer) common() {
	h := a.w.Header()
	h.Set("X-ClickHouse-Server-Display-Name", "careledger")
	h.Set("X-ClickHouse-Timezone", "UTC")
	h.Set("X-ClickHouse-Query-Id", a.id)
	h.Set("X-Content-Type-Options", "nosniff")
}

// release takes the deadline off the connection, which the client may use again.
func (a *answer) release() {
	_ = a.control.SetWriteDeadline(time.Time{}) // the connection is gone when this fails
}

// chunk writes a piece of the result. A client that takes nothing for bodyIdle fails it.
func (a *answer) chunk(data []byte) error {
	if len(data) == 0 {
		return nil
	}
	a.start()
	if err := a.control.SetWriteDeadline(time.Now().Add(bodyIdle)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("write answer: %w", err)
	}
	if _, err := a.encoder.Write(data); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// write answers a whole small text.
func (a *answer) write(contentType string, data []byte) error {
	a.w.Header().Set("Content-Type", contentType)
	if err := a.chunk(data); err != nil {
		return err
	}
	return a.finish(stats{})
}

// finish ends the answer. One without rows has no body: clickhouse-go reads it as no block.
func (a *answer) finish(done stats) error {
	if !a.begun {
		a.common()
		a.w.Header().Set("X-ClickHouse-Summary", fmt.Sprintf(`{"read_rows":"%d","written_rows":"%d"}`, done.read, done.written))
		a.w.Header().Set("Content-Length", "0")
		a.w.WriteHeader(http.StatusOK)
		a.begun = true
		return nil
	}
	if err := a.encoder.finish(); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	return nil
}

// fail reports err: as a status with ClickHouse's headers and text, or behind the rows already sent.
func (a *answer) fail(err error) {
	e := asException(err)
	if a.begun {
		// The client may be the one that failed; then these writes fail too and there is nobody to tell.
		_, _ = a.encoder.Write(exceptionBlock(a.tag, e.text))
		_ = a.encoder.finish()
		return
	}
	a.begun = true
	a.common()
	h := a.w.Header()
	h.Set("Content-Type", "text/plain; charset=UTF-8")
	h.Set("X-ClickHouse-Exception-Code", strconv.Itoa(e.code))
	if e.code == codeAuthentication {
		h.Set("WWW-Authenticate", `Basic realm="careledger warehouse"`)
	}
	a.w.WriteHeader(e.status())
	_, _ = io.WriteString(a.w, e.text+"\n")
}

func contentType(format string) string {
	switch format {
	case "Native", "RowBinary", "RowBinaryWithNames", "RowBinaryWithNamesAndTypes", "Parquet", "Arrow", "ArrowStream":
		return "application/octet-stream"
	case "JSON", "JSONCompact", "JSONStrings", "JSONColumns":
		return "application/json; charset=UTF-8"
	case "JSONEachRow", "JSONCompactEachRow":
		return "application/x-ndjson; charset=UTF-8"
	case "CSV", "CSVWithNames", "CSVWithNamesAndTypes":
		return "text/csv; charset=UTF-8"
	case "TabSeparated", "TSV", "TabSeparatedWithNames", "TSVWithNames", "TabSeparatedWithNamesAndTypes", "TSVWithNamesAndTypes":
		return "text/tab-separated-values; charset=UTF-8"
	}
	return "text/plain; charset=UTF-8"
}

// exceptionBlock frames an exception behind rows already sent.
func exceptionBlock(tag, text string) []byte {
	var b bytes.Buffer
	b.WriteString("\r\n__exception__\r\n" + tag + "\r\n" + text + "\n")
	b.WriteString(strconv.Itoa(len(text)+1) + " " + tag + "\r\n__exception__\r\n")
	return b.Bytes()
}
