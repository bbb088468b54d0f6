package embedded

import "strings"

// statement is what a request wants to run, as far as this package must know it.
type statement struct {
	text   string // to hand to the engine
	format string // its own FORMAT, "" when it has none
	fed    bool   // an INSERT whose rows follow as data in format; its text ends before FORMAT
	data   string // the rows that stood in the text behind FORMAT
	reads  bool   // begins like a query
	tells  bool   // begins like a question about a table
}

// leaves reports whether a session is after the statement as it was before.
func (s statement) leaves() bool { return s.reads || s.fed || s.tells }

// overlay is the engine's own default database, which takes any path for a table. Requests that name no database use
// home instead, and no statement may name it.
const (
	overlay = "default"
	home    = "main"
)

// parseStatement looks at sql just enough to route it, and refuses what a warehouse on a person's machine must not do:
// several statements in one request, and opening files, programs and other hosts.
func parseStatement(sql string) (statement, error) {
	l := &lexer{sql: sql}
	first := l.next()
	s := statement{text: sql, reads: first.is("SELECT") || first.is("WITH") || first.mark("("), tells: first.is("DESCRIBE")}
	depth, inserts := 0, first.is("INSERT")
	for previous, t := (token{}), first; t.kind != tokenEnd; previous, t = t, l.next() {
		switch {
		case t.mark("("):
			if reaches(previous) {
				return s, newException(codeAccessDenied, "The embedded warehouse opens no files, programs or other hosts", "ACCESS_DENIED")
			}
			depth++
		case t.mark(")"):
			depth--
		case t.mark(".") && previous.names(overlay):
			return s, newException(codeAccessDenied, "The database default opens files in the embedded warehouse: name another one", "ACCESS_DENIED")
		case t.mark(";"):
			if l.next().kind != tokenEnd {
				return s, newException(codeSyntaxError, "Syntax error (Multi-statements are not allowed)", "SYNTAX_ERROR")
			}
			s.text = sql[:t.start]
			return s, nil
		case previous.is("INTO") && t.is("OUTFILE"):
			return s, newException(codeAccessDenied, "INTO OUTFILE is not allowed", "ACCESS_DENIED")
		case depth == 0 && (t.is("SELECT") || t.is("WITH") || t.is("VALUES")):
			inserts = false // rows come from a query or stand in the text
		case depth == 0 && previous.is("FORMAT") && t.kind == tokenWord:
			s.format = t.text
			if inserts {
				s.fed, s.text, s.data = true, sql[:previous.start], inline(sql[t.end:])
				return s, nil
			}
		}
	}
	return s, nil
}

// inline is the data behind "FORMAT Name": the rest of that line's white space and one line end are not part of it.
func inline(rest string) string {
	rest = strings.TrimLeft(rest, " \t\r;")
	return strings.TrimPrefix(rest, "\n")
}

// reaches reports whether name, followed by a parenthesis, would leave the warehouse.
func reaches(name token) bool {
	if name.kind != tokenWord && name.kind != tokenName {
		return false
	}
	switch strings.ToLower(name.text) {
	case "file", "filecluster", "filelog", "filesystem", "url", "urlcluster", "http", "executable", "executablepool", "python", "disk",
		"remote", "remotesecure", "distributed", "cluster", "clusterallreplicas", "clickhouse",
		"s3", "s3cluster", "s3queue", "gcs", "oss", "cosn", "backup", "datalakecatalog",
		"azureblobstorage", "azureblobstoragecluster", "azurequeue", "hdfs", "hdfscluster",
		"mysql", "postgresql", "materializedpostgresql", "materializedmysql", "mongodb", "redis", "sqlite", "cassandra",
		"jdbc", "odbc", "arrowflight", "ytsaurus", "kafka", "rabbitmq", "nats", "hive", "hudi", "hudicluster",
		"deltalake", "deltalakecluster", "deltalakelocal", "deltalakes3", "deltalakeazure",
		"iceberg", "icebergcluster", "iceberglocal", "icebergs3", "icebergazure", "iceberghdfs",
		"loop", "buffer", "alias", "paimon", "paimonlocal", "paimons3", "paimonazure", "paimonhdfs", "prometheusquery", "prometheusqueryrange":
		return true
	}
	return false
}

// namesOutside reports whether a parameter that stands for a name would reach the overlay or a file.
func namesOutside(sql string, params []pair) bool {
	if !strings.Contains(strings.ToLower(sql), "identifier") {
		return false
	}
	for _, p := range params {
		if p.value == overlay || strings.HasPrefix(p.value, overlay+".") || strings.Contains(p.value, "/") {
			return true
		}
	}
	return false
}
