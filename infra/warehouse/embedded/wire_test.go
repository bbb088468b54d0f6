package embedded_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/warehouse/embedded"
)

// post sends a statement without clickhouse-go, as other clients of the HTTP interface do.
func post(t testing.TB, s *embedded.Supervisor, query url.Values, body string) (int, http.Header, string) {
	t.Helper()
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	password, _ := u.User.Password()
	u.User, u.RawQuery = nil, query.Encode()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, u.String(), strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("X-ClickHouse-User", "default")
	r.Header.Set("X-ClickHouse-Key", password)
	response, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	data, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	return response.StatusCode, response.Header, string(data)
}

func TestPlainHTTP(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	for _, row := range []struct {
		query url.Values
		body  string
		want  string
	}{
		{nil, "CREATE TABLE t (a UInt64, s String) ENGINE = MergeTree ORDER BY a", ""},
		{url.Values{"query": {"INSERT INTO t FORMAT JSONEachRow"}}, `{"a":1,"s":"一"}` + "\n" + `{"a":2}`, ""},
		{nil, "INSERT INTO t FORMAT TSV\n3\tthree\n", ""},
		{url.Values{"query": {"INSERT INTO t VALUES"}}, "(4, 'four'), (5, 'five')", ""},
		{nil, "SELECT * FROM t ORDER BY a LIMIT 2", "1\t一\n2\t\n"},
		{nil, "SELECT sum(a) AS n FROM t FORMAT JSONEachRow", `{"n":15}` + "\n"},
		{url.Values{"default_format": {"CSVWithNames"}}, "SELECT a FROM t ORDER BY a LIMIT 1", "\"a\"\n1\n"},
		{url.Values{"query": {"SELECT {x:String}"}, "param_x": {"a'b"}}, "", "a\\'b\n"},
		{nil, "(SELECT 1) UNION ALL (SELECT 1)", "1\n1\n"},
		{nil, "SHOW TABLES", "t\n"},
		{nil, "SELECT count() FROM numbers(100000) SETTINGS max_threads = 1", "100000\n"},
	} {
		status, _, data := post(t, s, row.query, row.body)
		require.Equal(t, http.StatusOK, status, data)
		require.Equal(t, row.want, data)
	}
	_, header, data := post(t, s, url.Values{"query_id": {"q-1"}}, "SELECT nothing")
	require.Equal(t, "47", header.Get("X-ClickHouse-Exception-Code"))
	require.Equal(t, "q-1", header.Get("X-ClickHouse-Query-Id"))
	require.True(t, strings.HasPrefix(data, "Code: 47. DB::Exception: "), data)
	status, _, _ := post(t, s, url.Values{"session_id": {"x"}}, "SELECT 1")
	require.Equal(t, http.StatusNotImplemented, status)
}

// insertRaw begins an INSERT on a bare connection, with three rows of a body that is not at its end.
func insertRaw(t *testing.T, s *embedded.Supervisor, length, rows string) net.Conn {
	t.Helper()
	u, err := url.Parse(s.URL())
	require.NoError(t, err)
	password, _ := u.User.Password()
	conn, err := net.Dial("tcp", u.Host)
	require.NoError(t, err)
	query := url.Values{"query": {"INSERT INTO ledger.t FORMAT TSV"}}.Encode()
	_, err = fmt.Fprintf(conn, "POST /?%s HTTP/1.1\r\nHost: %s\r\nX-ClickHouse-Key: %s\r\n%s\r\n\r\n%s", query, u.Host, password, length, rows)
	require.NoError(t, err)
	return conn
}

func TestABodyCutShortWritesNothing(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	c := open(t, s)
	run(t, c, "CREATE DATABASE ledger", "CREATE TABLE ledger.t (a UInt64) ENGINE = MergeTree ORDER BY a")
	running := func(want uint64) func() bool {
		return func() bool {
			var n uint64
			err := c.QueryRow(t.Context(), "SELECT count() FROM system.processes WHERE query LIKE 'INSERT%'").Scan(&n)
			return err == nil && n == want
		}
	}
	leaves := insertRaw(t, s, "Content-Length: 100", "1\n2\n3\n")
	require.Eventually(t, running(1), 5*time.Second, 20*time.Millisecond)
	require.NoError(t, leaves.Close())
	require.Eventually(t, running(0), 5*time.Second, 20*time.Millisecond)
	require.Zero(t, count(t, c, "ledger.t"), "the client has left")

	stays := insertRaw(t, s, "Transfer-Encoding: chunked", "6\r\n1\n2\n3\n\r\nnonsense\r\n")
	response, err := http.ReadResponse(bufio.NewReader(stays), nil)
	require.NoError(t, err)
	require.NoError(t, errors.Join(response.Body.Close(), stays.Close()))
	require.Equal(t, http.StatusInternalServerError, response.StatusCode)
	require.Zero(t, count(t, c, "ledger.t"), "the body makes no sense")
}

func TestARequestFindsNothingOfTheOnesBefore(t *testing.T) {
	s := supervise(t, filepath.Join(t.TempDir(), "warehouse"))
	threads := "SELECT getSetting('max_threads')"
	for range 2 { // the second time on sessions that are there
		for _, row := range []struct {
			query  url.Values
			body   string
			status int
			want   string
		}{
			{nil, threads, http.StatusOK, "2\n"},
			{url.Values{"max_threads": {"1"}}, threads, http.StatusOK, "1\n"},
			{nil, threads, http.StatusOK, "2\n"},
			{nil, "SET max_threads = 1", http.StatusOK, ""},
			{nil, threads, http.StatusOK, "2\n"},
			{nil, "USE system", http.StatusOK, ""},
			{nil, "SELECT currentDatabase()", http.StatusOK, "main\n"},
			{url.Values{"database": {"system"}}, "SELECT currentDatabase()", http.StatusOK, "system\n"},
			{nil, "SELECT currentDatabase()", http.StatusOK, "main\n"},
			{nil, "CREATE TEMPORARY TABLE mine (a UInt8)", http.StatusOK, ""},
			{nil, "SELECT * FROM mine", http.StatusNotFound, ""},
			{nil, "SELECT throwIf(1)", http.StatusInternalServerError, ""},
			{nil, "SELECT 1", http.StatusOK, "1\n"},
			{url.Values{"readonly": {"1"}}, "SELECT 1", http.StatusOK, "1\n"},
			{nil, "CREATE TABLE IF NOT EXISTS t (a UInt64) ENGINE = MergeTree ORDER BY a", http.StatusOK, ""},
			{nil, "DESCRIBE TABLE t FORMAT JSONCompactColumns", http.StatusOK, "[\n\t[\"a\"],\n\t[\"UInt64\"],\n\t[\"\"],\n\t[\"\"],\n\t[\"\"],\n\t[\"\"],\n\t[\"\"]\n]\n"},
			{url.Values{"query": {"INSERT INTO t FORMAT TSV"}}, "1\n", http.StatusOK, ""},
		} {
			status, _, data := post(t, s, row.query, row.body)
			require.Equal(t, row.status, status, "%s: %s", row.body, data)
			if row.status == http.StatusOK {
				require.Equal(t, row.want, data, row.body)
			}
		}
	}
}
