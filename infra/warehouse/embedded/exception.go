package embedded

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
)

// Codes of ClickHouse that this package raises itself.
const (
	codeNotImplemented     = 48
	codeSyntaxError        = 62
	codeTooManyStatements  = 202
	codeTooLarge           = 307
	codeAccessDenied       = 497
	codeAuthentication     = 516
	codeCannotDecompress   = 271
	codeUnknownStatus      = 1002
	codeCannotReadAllInput = 33
)

// exception is an error in ClickHouse's own terms: a code and the text "Code: N. DB::Exception: …".
type exception struct {
	code int
	text string
}

func (e *exception) Error() string { return e.text }

func newException(code int, message, name string) *exception {
	return &exception{code: code, text: "Code: " + strconv.Itoa(code) + ". DB::Exception: " + message + ". (" + name + ")"}
}

var leadingCode = regexp.MustCompile(`^Code: (\d+)\. `)

// engineException turns the engine's error text into an exception; text without a code gets UNKNOWN_STATUS_OF_…'s.
func engineException(text string) *exception {
	m := leadingCode.FindStringSubmatch(text)
	if m == nil {
		return newException(codeUnknownStatus, text, "UNKNOWN_EXCEPTION")
	}
	code, err := strconv.Atoi(m[1])
	if err != nil {
		return newException(codeUnknownStatus, text, "UNKNOWN_EXCEPTION")
	}
	return &exception{code: code, text: text}
}

// asException finds the exception in err, or wraps err as one.
func asException(err error) *exception {
	var e *exception
	if errors.As(err, &e) {
		return e
	}
	return newException(codeUnknownStatus, err.Error(), "UNKNOWN_EXCEPTION")
}

// status is the HTTP status that ClickHouse answers for the code.
func (e *exception) status() int {
	switch e.code {
	case 194: // REQUIRED_PASSWORD
		return http.StatusUnauthorized
	case 192, 193, codeAccessDenied, codeAuthentication:
		return http.StatusForbidden
	case 26, 27, 36, 38, 41, 42, 43, 44, 53, 61, codeSyntaxError, 64, 69, 70, 72, 164, 456, codeCannotReadAllInput, codeCannotDecompress:
		return http.StatusBadRequest
	case 16, 46, 47, 50, 56, 60, 73, 81, 115:
		return http.StatusNotFound
	case 57, 82: // already exists
		return http.StatusInternalServerError
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	case codeTooLarge:
		return http.StatusRequestEntityTooLarge
	case codeNotImplemented:
		return http.StatusNotImplemented
	case codeTooManyStatements:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
