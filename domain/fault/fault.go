package fault

import "errors"

// Kind says what sort of refusal an error is.
type Kind uint8

// The kinds of refusal. An adapter maps each to its own protocol: HTTP 400, 422, 404, 409, 412, 401, 403, 429, 503, 413.
const (
	Malformed Kind = iota + 1
	Invalid
	NotFound
	Refused
	Stale
	Unauthenticated
	Forbidden
	TooMany
	Unavailable
	TooLarge
)

// Error is a refusal: Code is stable and machine-readable, Chinese and English are one sentence each for a person.
// Pointer, when set, is the JSON pointer (RFC 6901) of the field at fault. It never holds the offending value.
type Error struct {
	Kind    Kind
	Code    string
	Chinese string
	English string
	Pointer string
}

// New makes a refusal. The sentences say what to do and never carry a personal value.
func New(kind Kind, code, chinese, english string) *Error {
	return &Error{Kind: kind, Code: code, Chinese: chinese, English: english}
}

// At returns a copy of e that names the field at fault by JSON pointer, e.g. "/occurred_on".
func (e *Error) At(pointer string) *Error {
	c := *e
	c.Pointer = pointer
	return &c
}

func (e *Error) Error() string { return e.Code + ": " + e.English }

// Is reports whether target is a refusal of the same code, wherever it points.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Code == e.Code
}

// Of finds the refusal in err's chain.
func Of(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}
