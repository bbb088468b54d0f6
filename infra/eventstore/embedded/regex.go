package embedded

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// compile reads a regular expression of EventStoreDB, where they are .NET's, with RE2, which cannot be made to run for
// ever. What RE2 reads as something else is changed to what .NET reads there, or refused; so is what it cannot read.
func compile(pattern string) (*regexp.Regexp, error) {
	var found *regexp.Regexp
	text, err := fromDotNet(pattern)
	if err == nil {
		found, err = regexp.Compile(text)
	}
	if err != nil {
		return nil, invalid(fmt.Sprintf("the embedded event store takes regular expressions of RE2 (no look-around, no back-references): %v", err))
	}
	return found, nil
}

// What .NET takes \w and \s for, to stand in a class.
const (
	wordClass  = `\p{L}\p{Mn}\p{Nd}\p{Pc}`
	spaceClass = `\f\n\r\t\v\x{85}\p{Z}`
)

var (
	errBoundary = errors.New(`\b and \B know ASCII letters only in RE2: write out what may stand there`)
	errNotIn    = errors.New(`\W and \S cannot stand in a class [...]: write out what may stand there`)
	errSubtract = errors.New("a class within a class [...[...]] is read otherwise in RE2: write out what may stand there")
)

// fromDotNet writes the classes of .NET, which know all scripts, for those of RE2, which know ASCII.
func fromDotNet(pattern string) (string, error) {
	var b strings.Builder
	for rest, in := pattern, false; rest != ""; {
		size := 1
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			text, err := escape(rest[:2], in)
			if err != nil {
				return "", err
			}
			b.WriteString(text)
			rest = rest[2:]
			continue
		case !in && rest[0] == '[':
			in = true
			if strings.HasPrefix(rest[1:], "^") {
				size++
			}
			if strings.HasPrefix(rest[size:], "]") { // as a first one it stands for itself
				size++
			}
		case in && rest[0] == '[' && (strings.HasPrefix(rest, "[:") || strings.HasSuffix(b.String(), "-")):
			return "", errSubtract
		case in && rest[0] == ']':
			in = false
		}
		b.WriteString(rest[:size])
		rest = rest[size:]
	}
	return b.String(), nil
}

func escape(text string, in bool) (string, error) {
	if !in {
		switch text {
		case `\w`:
			return "[" + wordClass + "]", nil
		case `\W`:
			return "[^" + wordClass + "]", nil
		case `\s`:
			return "[" + spaceClass + "]", nil
		case `\S`:
			return "[^" + spaceClass + "]", nil
		case `\b`, `\B`:
			return "", errBoundary
		}
	}
	switch text {
	case `\d`:
		return `\p{Nd}`, nil
	case `\D`:
		return `\P{Nd}`, nil
	case `\w`:
		return wordClass, nil
	case `\s`:
		return spaceClass, nil
	case `\W`, `\S`:
		return "", errNotIn
	}
	return text, nil
}
