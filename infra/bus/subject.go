package bus

import (
	"strings"

	"github.com/careledger/careledger/domain/event"
)

const (
	records       = "records"
	heads         = "heads"
	notices       = "notices"
	wholeLedger   = "all"
	noPrefecture  = "0000"
	prefectureLen = 4
	countyLen     = 6
)

// Subject is where an event is published: records.<prefecture>.<county>.<category>.<event>. County is the first six
// digits of the area, or the prefecture's own code; category the first word of the stream; event the type in kebab case
// without its version, e.g. records.5326.532601.elder.home-visit-logged.
func Subject(r event.Recorded) string {
	prefecture := prefectureOf(r.Metadata)
	county := prefecture + "00"
	if area := r.Metadata.Area; len(area) >= countyLen && digits(area[:countyLen]) {
		county = area[:countyLen]
	}
	category, _, _ := strings.Cut(r.Stream, "-")
	name, _, _ := strings.Cut(r.Type, ".")
	return records + "." + prefecture + "." + county + "." + token(category) + "." + token(kebab(name))
}

// prefectureOf is the metadata's prefecture, or "0000" where it is none.
func prefectureOf(m event.Metadata) string {
	if p := m.Prefecture(); digits(p) {
		return p
	}
	return noPrefecture
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// kebab turns HomeVisitLogged into home-visit-logged.
func kebab(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c < 'A' || c > 'Z' {
			b.WriteByte(c)
			continue
		}
		startsWord := i > 0 && (lower(s[i-1]) || i+1 < len(s) && lower(s[i+1]))
		if startsWord {
			b.WriteByte('-')
		}
		b.WriteByte(c + 'a' - 'A')
	}
	return b.String()
}

func lower(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }

// token makes one subject token: what NATS reads as structure becomes an underscore.
func token(s string) string {
	if s == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, s)
}
