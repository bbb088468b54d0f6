package embedded

import "strings"

type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // keyword, bare identifier or number
	tokenName             // identifier in backticks or double quotes, text without them
	tokenString           // string literal, text empty
	tokenMark             // one character of punctuation
)

// token is a piece of SQL; it ends at byte end of the text.
type token struct {
	kind       tokenKind
	text       string
	start, end int
}

func (t token) is(keyword string) bool {
	return t.kind == tokenWord && strings.EqualFold(t.text, keyword)
}

// names reports whether t is the identifier, quoted or not.
func (t token) names(identifier string) bool {
	return (t.kind == tokenWord || t.kind == tokenName) && t.text == identifier
}

func (t token) mark(c string) bool { return t.kind == tokenMark && t.text == c }

// lexer splits SQL into tokens as ClickHouse does: quotes end at an unescaped, undoubled quote of their kind, comments
// are left out.
type lexer struct {
	sql string
	at  int
}

func (l *lexer) next() token {
	l.skip()
	start := l.at
	if start >= len(l.sql) {
		return token{kind: tokenEnd, start: start, end: start}
	}
	switch c := l.sql[start]; {
	case c == '\'':
		l.quoted(c)
		return token{kind: tokenString, start: start, end: l.at}
	case c == '"' || c == '`':
		l.quoted(c)
		inner := strings.TrimSuffix(l.sql[start+1:l.at], string(c))
		return token{kind: tokenName, text: inner, start: start, end: l.at}
	case c == '$' && l.heredoc():
		return token{kind: tokenString, start: start, end: l.at}
	case isWord(c):
		for l.at < len(l.sql) && isWord(l.sql[l.at]) {
			l.at++
		}
		return token{kind: tokenWord, text: l.sql[start:l.at], start: start, end: l.at}
	}
	l.at++
	return token{kind: tokenMark, text: l.sql[start:l.at], start: start, end: l.at}
}

func isWord(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// skip passes white space and comments.
func (l *lexer) skip() {
	for l.at < len(l.sql) {
		rest := l.sql[l.at:]
		switch {
		case strings.ContainsRune(" \t\r\n\f\v\x00", rune(rest[0])):
			l.at++
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "# "), strings.HasPrefix(rest, "#!"):
			l.past("\n", 1)
		case strings.HasPrefix(rest, "/*"):
			l.past("*/", 2)
		default:
			return
		}
	}
}

// past moves behind the next occurrence of stop, from bytes after here, or to the end.
func (l *lexer) past(stop string, from int) {
	i := strings.Index(l.sql[l.at+from:], stop)
	if i < 0 {
		l.at = len(l.sql)
		return
	}
	l.at += from + i + len(stop)
}

func (l *lexer) quoted(quote byte) {
	for l.at++; l.at < len(l.sql); l.at++ {
		switch l.sql[l.at] {
		case '\\':
			l.at++
		case quote:
			if l.at+1 < len(l.sql) && l.sql[l.at+1] == quote {
				l.at++
				continue
			}
			l.at++
			return
		}
	}
	l.at = len(l.sql)
}

// heredoc passes $tag$…$tag$ and reports whether there was one.
func (l *lexer) heredoc() bool {
	rest := l.sql[l.at:]
	n := 1
	for n < len(rest) && isWord(rest[n]) {
		n++
	}
	if n == len(rest) || rest[n] != '$' {
		return false
	}
	tag := rest[:n+1]
	if !strings.Contains(rest[len(tag):], tag) {
		return false
	}
	l.past(tag, len(tag))
	return true
}
