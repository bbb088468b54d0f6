package embedded

import (
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
)

// decodeBody undoes what the client did to the body: HTTP's Content-Encoding outside, ClickHouse's blocks inside.
func decodeBody(r *http.Request, body io.Reader, q request) (io.Reader, error) {
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(body)
		if err != nil {
			return nil, undecodable(err)
		}
		body = z
	case "deflate":
		z, err := zlib.NewReader(body)
		if err != nil {
			return nil, undecodable(err)
		}
		body = z
	default:
		return nil, newException(codeNotImplemented, "Content-Encoding is none of gzip, deflate, identity", "NOT_IMPLEMENTED")
	}
	if q.decompress {
		return &blockReader{r: compress.NewReader(body)}, nil
	}
	return body, nil
}

func undecodable(err error) error {
	return newException(codeCannotDecompress, "Cannot decompress the body: "+err.Error(), "CANNOT_DECOMPRESS")
}

// blockReader reads ClickHouse's compressed blocks; their end is the body's end.
type blockReader struct{ r *compress.Reader }

func (b *blockReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		return n, undecodable(err)
	}
	if err != nil {
		return n, io.EOF
	}
	return n, nil
}

// encoder wraps the answer's body. Finish must be called once everything is written.
type encoder struct {
	io.Writer
	finish func() error
}

const compressedBlockBytes = 1 << 20

// encodeAnswer picks the answer's encoding: ClickHouse's blocks when the client asks for compress=1, else HTTP's when it
// sets enable_http_compression and accepts one, and names it in header.
func encodeAnswer(r *http.Request, q request, header http.Header, w io.Writer) encoder {
	if q.compress {
		method := compress.LZ4
		if q.method == "ZSTD" {
			method = compress.ZSTD
		}
		return encoder{&blockWriter{w: w, c: compress.NewWriter(0, method)}, func() error { return nil }}
	}
	for _, s := range q.settings {
		if s.name != "enable_http_compression" || !truthy(s.value) {
			continue
		}
		switch accepted := r.Header.Get("Accept-Encoding"); {
		case strings.Contains(accepted, "gzip"):
			header.Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			return encoder{z, z.Close}
		case strings.Contains(accepted, "deflate"):
			header.Set("Content-Encoding", "deflate")
			z := zlib.NewWriter(w)
			return encoder{z, z.Close}
		}
	}
	return encoder{w, func() error { return nil }}
}

// blockWriter writes ClickHouse's compressed blocks.
type blockWriter struct {
	w io.Writer
	c *compress.Writer
}

func (b *blockWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		n := min(len(p), compressedBlockBytes)
		if err := b.c.Compress(p[:n]); err != nil {
			return written, fmt.Errorf("compress answer: %w", err)
		}
		if _, err := b.w.Write(b.c.Data); err != nil {
			return written, err
		}
		written, p = written+n, p[n:]
	}
	return written, nil
}
