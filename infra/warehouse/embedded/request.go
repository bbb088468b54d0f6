package embedded

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// request is what the URL and the headers say: everything but the statement's text and data.
type request struct {
	query    string // the part of the statement that stands in the URL
	database string
	format   string // unless the statement names its own
	id       string
	settings []pair
	readonly string
	params   []pair

	compress, decompress bool   // ClickHouse's own block compression of answer and body
	method               string // of that compression: LZ4 or ZSTD
	protocol             uint64 // the Native revision that the client reads
}

var settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// parseRequest reads r's URL and headers. Whatever is no POST only reads, as in ClickHouse.
func parseRequest(r *http.Request) (request, error) {
	q := request{format: r.Header.Get("X-ClickHouse-Format"), database: r.Header.Get("X-ClickHouse-Database"), method: "LZ4"}
	if r.Method != http.MethodPost {
		q.readonly = "2"
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return q, newException(codeSyntaxError, "The URL's query is malformed", "SYNTAX_ERROR")
	}
	for name, all := range values {
		if err := q.take(name, all[0]); err != nil {
			return q, err
		}
	}
	slices.SortFunc(q.settings, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	if q.format == "" {
		q.format = "TabSeparated"
	}
	return q, nil
}

// take sorts one parameter of the URL into its place; whatever is not the protocol's own is a setting.
func (q *request) take(name, value string) error {
	switch name {
	case "query":
		q.query = value
	case "database":
		q.database = value
	case "default_format":
		if q.format == "" {
			q.format = value
		}
	case "query_id":
		q.id = value
	case "compress":
		q.compress = truthy(value)
	case "decompress":
		q.decompress = truthy(value)
	case "client_protocol_version":
		q.protocol = number(value)
	case "readonly":
		if q.readonly == "" || value == "1" { // a GET stays at 2 at least
			q.readonly = value
		}
	case "network_compression_method":
		q.method = strings.ToUpper(value)
	case "user", "password", "quota_key", "role", "buffer_size", "wait_end_of_query", "stacktrace", "close_session":
	case "log_comment": // marks the session here
	case "async_insert", "wait_for_async_insert": // every insert is written before it is answered
	case "session_id", "session_timeout", "session_check":
		return newException(codeNotImplemented, "Sessions are not supported by the embedded warehouse", "NOT_IMPLEMENTED")
	default:
		return q.takeOther(name, value)
	}
	return nil
}

func (q *request) takeOther(name, value string) error {
	if param, ok := strings.CutPrefix(name, "param_"); ok {
		q.params = append(q.params, pair{param, value})
		return nil
	}
	if !settingName.MatchString(name) {
		return newException(115, "Unknown setting", "UNKNOWN_SETTING")
	}
	q.settings = append(q.settings, pair{name, value})
	return nil
}

func truthy(v string) bool { return v == "1" || strings.EqualFold(v, "true") }

// number reads an unsigned number; what is none is 0.
func number(v string) uint64 {
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
