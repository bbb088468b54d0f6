package embedded

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	chproto "github.com/ClickHouse/ch-go/proto"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// isHello recognises the first query of clickhouse-go over HTTP. It asks for the server's revision and decodes the answer
// at its own; the engine writes the Native format at revision 0, whatever it is asked, so the answer is made here.
func isHello(sql string) bool {
	words := strings.FieldsFunc(strings.ToLower(sql), func(r rune) bool { return strings.ContainsRune(" \t\r\n,;", r) })
	return strings.Join(words, " ") == "select displayname() version() revision() timezone()"
}

// hello encodes the answer at the client's revision. It announces revision 0, at which the client then reads and writes
// everything else.
func hello(version string, clientRevision uint64) ([]byte, error) {
	columns := []named{{"displayName()", "String"}, {"version()", "String"}, {"revision()", "UInt32"}, {"timezone()", "String"}}
	data, err := encodeBlock(columns, []any{"careledger", version, uint32(0), "UTC"}, clientRevision)
	if err != nil {
		return nil, fmt.Errorf("encode hello: %w", err)
	}
	return data, nil
}

type named struct {
	name string
	kind column.Type
}

// encodeBlock encodes one row, or none, in the Native format.
func encodeBlock(columns []named, row []any, revision uint64) ([]byte, error) {
	block := proto.NewBlock()
	for _, c := range columns {
		if err := block.AddColumn(c.name, c.kind); err != nil {
			return nil, err
		}
	}
	if row != nil {
		if err := block.Append(row...); err != nil {
			return nil, err
		}
	}
	buffer := &chproto.Buffer{}
	if err := block.Encode(buffer, revision); err != nil {
		return nil, err
	}
	return buffer.Buf, nil
}

// header hands the names and types of a query without rows to sink. A server sends them; this engine sends nothing then.
func (s *session) header(sql string, params []pair, sink func([]byte) error) error {
	var described []byte
	_, err := s.engine.lib.run(*s.conn, "DESCRIBE TABLE ("+sql+"\n)", "JSONCompactColumns", params, func(data []byte) error {
		described = bytes.Clone(data)
		return nil
	})
	if err != nil {
		return nil // a query that cannot stand in parentheses: no names, as before
	}
	var lists [][]string
	if err := json.Unmarshal(described, &lists); err != nil || len(lists) < 2 {
		return fmt.Errorf("describe an empty result: %w", errors.Join(err, errNoColumns))
	}
	// Written by hand: the driver's own encoder also writes what a column's kind puts before its rows (LowCardinality
	// does), which a reader does not expect where there are no rows.
	buffer := &chproto.Buffer{}
	buffer.PutUVarInt(uint64(len(lists[0])))
	buffer.PutUVarInt(0)
	for i, name := range lists[0] {
		buffer.PutString(name)
		buffer.PutString(lists[1][i])
	}
	return sink(buffer.Buf)
}

var errNoColumns = errors.New("no columns")
