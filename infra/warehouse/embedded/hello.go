package embedded

import (
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
	block := proto.NewBlock()
	for _, c := range []struct {
		name  string
		kind  column.Type
		value any
	}{
		{"displayName()", "String", "careledger"},
		{"version()", "String", version},
		{"revision()", "UInt32", uint32(0)},
		{"timezone()", "String", "UTC"},
	} {
		if err := block.AddColumn(c.name, c.kind); err != nil {
			return nil, fmt.Errorf("encode hello: %w", err)
		}
		if err := block.Columns[len(block.Columns)-1].AppendRow(c.value); err != nil {
			return nil, fmt.Errorf("encode hello: %w", err)
		}
	}
	buffer := &chproto.Buffer{}
	if err := block.Encode(buffer, clientRevision); err != nil {
		return nil, fmt.Errorf("encode hello: %w", err)
	}
	return buffer.Buf, nil
}
