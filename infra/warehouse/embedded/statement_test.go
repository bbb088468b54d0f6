package embedded

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAnInsertIsSplitFromItsRows(t *testing.T) {
	for sql, want := range map[string]statement{
		"INSERT INTO t FORMAT Native":                      {text: "INSERT INTO t ", format: "Native", fed: true},
		"insert into t (a, `format`) format TSV\n1\t2\n":   {text: "insert into t (a, `format`) ", format: "TSV", fed: true, data: "1\t2\n"},
		"INSERT INTO t SETTINGS a = 1 FORMAT CSV \n';',\n": {text: "INSERT INTO t SETTINGS a = 1 ", format: "CSV", fed: true, data: "';',\n"},
		"INSERT INTO t VALUES ('FORMAT TSV; ', 1)":         {text: "INSERT INTO t VALUES ('FORMAT TSV; ', 1)"},
		"INSERT INTO t SELECT a FROM u FORMAT Null":        {text: "INSERT INTO t SELECT a FROM u FORMAT Null", format: "Null"},
		"SELECT 1 -- ; FORMAT TSV":                         {text: "SELECT 1 -- ; FORMAT TSV", reads: true},
		"/* ; */ SELECT $x$ ; ' $x$ ; # done":              {text: "/* ; */ SELECT $x$ ; ' $x$ ", reads: true},
		`SELECT 'it''s; \' ;' FORMAT JSON;`:                {text: `SELECT 'it''s; \' ;' FORMAT JSON`, format: "JSON", reads: true},
	} {
		got, err := parseStatement(sql)
		require.NoError(t, err, sql)
		require.Equal(t, want, got, sql)
	}
}

func TestALiteralNeverBecomesAStatement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.String().Draw(t, "value")
		got, err := parseStatement("SELECT " + quoteText(value) + " AS v FORMAT TSV")
		require.NoError(t, err)
		require.Equal(t, "TSV", got.format)
	})
}

func TestLexerEndsOnAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := []string{"'", `"`, "`", `\`, "$", "$a$", "--", "/*", "*/", "#", "(", ")", ";", "FORMAT", " ", "\n", "a", "空"}
		sql := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "sql"), "")
		l := &lexer{sql: sql}
		for last := -1; ; {
			token := l.next()
			if token.kind == tokenEnd {
				return
			}
			require.Greater(t, token.end, last)
			require.LessOrEqual(t, token.end, len(sql))
			last = token.end
		}
	})
}

func TestScrubLeavesNoValues(t *testing.T) {
	require.Equal(t, "Code: 27. Cannot parse '…' near '…'", scrub(`Code: 27. Cannot parse 'a\'b' near '李四`))
	require.Equal(t, "id # of …, 2026", scrub("id 532601194803120011 of 张三, 2026"))
}

func TestPagesInABrowserAreTurnedAway(t *testing.T) {
	for name, row := range map[string]struct {
		host, origin string
		admitted     bool
	}{
		"a local program":   {"127.0.0.1:8123", "", true},
		"by name":           {"localhost:8123", "", true},
		"by IPv6":           {"[::1]:8123", "", true},
		"a page":            {"127.0.0.1:8123", "https://example.org", false},
		"a rebound name":    {"example.org:8123", "", false},
		"a host on the net": {"192.0.2.1:8123", "", false},
	} {
		r := httptest.NewRequest("POST", "/", nil)
		r.Host = row.host
		if row.origin != "" {
			r.Header.Set("Origin", row.origin)
		}
		err := guard{}.admit(r)
		require.Equal(t, row.admitted, err == nil, name)
	}
}

func TestOnlyAPostMayWrite(t *testing.T) {
	for target, want := range map[string]string{"/?query=x": "2", "/?readonly=0": "2", "/?readonly=1": "1"} {
		q, err := parseRequest(httptest.NewRequest("GET", target, nil))
		require.NoError(t, err)
		require.Equal(t, want, q.readonly, target)
	}
	q, err := parseRequest(httptest.NewRequest("POST", "/?max_threads=1&param_a=b&database=d", nil))
	require.NoError(t, err)
	require.Equal(t, request{database: "d", format: "TabSeparated", method: "LZ4",
		settings: []pair{{"max_threads", "1"}}, params: []pair{{"a", "b"}}}, q)
}

func TestAnotherVersionIsForeign(t *testing.T) {
	for found, want := range map[string]bool{"26.7.3": true, "26.7.2": false, "26.7.30": false, "": false} {
		require.Equal(t, want, isPinned(found), found)
	}
}
