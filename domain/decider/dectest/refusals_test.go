package dectest

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestRefusalsAreReadFromTheSource(t *testing.T) {
	codes, err := refusals(fstest.MapFS{
		"a.go":      {Data: []byte("package a\nvar (\n\tErrA = fault.New(fault.Refused, \"a\", \"\", \"\")\n\tother = errors.New(\"x\")\n)\n")},
		"b.go":      {Data: []byte("package a\nfunc f() error { return fault.New(1, `b`, \"\", \"\") }\n")},
		"a_test.go": {Data: []byte("package a\nvar c = fault.New(1, \"c\", \"\", \"\")\n")},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, codes)

	_, err = refusals(fstest.MapFS{"a.go": {Data: []byte("no go")}})
	require.Error(t, err)
}
