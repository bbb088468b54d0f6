package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/embedded/users"
)

// typed runs the password command with an input that is no terminal.
func typed(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	var out strings.Builder
	cmd := newRootCommand()
	cmd.SetIn(strings.NewReader(input))
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SetArgs(append([]string{"eventstore", "password"}, args...))
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestAPasswordBecomesALineOfAUsersFile(t *testing.T) {
	line, err := typed(t, "s3cret word\r\n", "--user", "ward3")
	require.NoError(t, err)
	require.NotContains(t, line, "s3cret")
	path := filepath.Join(t.TempDir(), "users")
	require.NoError(t, os.WriteFile(path, []byte("# users\n"+line), 0o600))
	hashes, err := users.ReadFile(path)
	require.NoError(t, err)
	door, err := users.NewDoor(hashes)
	require.NoError(t, err)
	admitted, err := door.Admits(t.Context(), "ward3", "s3cret word")
	require.NoError(t, err)
	require.True(t, admitted)
}

func TestAPasswordThatCannotBeIsRefused(t *testing.T) {
	for behaviour, c := range map[string]struct{ input, user string }{
		"nothing": {"", "ward3"}, "an empty line": {"\n", "ward3"}, "two lines": {"s3cret\nword\n", "ward3"},
		"a name with a colon": {"s3cret", "a:b"}, "no name": {"s3cret", ""},
	} {
		t.Run(behaviour, func(t *testing.T) {
			out, err := typed(t, c.input, "--user", c.user)
			var e exitError
			require.ErrorAs(t, err, &e)
			require.Equal(t, exitUsage, e.code)
			require.Empty(t, out)
		})
	}
}

func TestAUsersFileIsTakenFromFlagAndVariable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "users")
	require.NoError(t, os.WriteFile(path, []byte("# users\nward3:s3cret-word\n"), 0o600))
	none := filepath.Join(t.TempDir(), "none")
	for behaviour, c := range map[string]struct {
		env, args []string
		says      string
	}{
		"flag":                  {nil, []string{"--users-file", path}, "line 2"},
		"variable":              {[]string{"CAREL_USERS_FILE=" + path}, nil, "line 2"},
		"a password, flag":      {nil, []string{"--admin-password-file", none}, none},
		"a password, variable":  {[]string{"CAREL_ADMIN_PASSWORD_FILE=" + none}, nil, none},
		"the flag goes first":   {[]string{"CAREL_USERS_FILE=" + none}, []string{"--users-file", path}, "line 2"},
		"a file that is not so": {nil, []string{"--users-file", none}, none},
	} {
		t.Run(behaviour, func(t *testing.T) {
			_, errs, code := careledger(t, c.env, append([]string{"eventstore", "--data", t.TempDir(), "--listen", "nowhere"}, c.args...)...)
			require.Equal(t, exitUsage, code, errs)
			oneLine(t, errs, c.says)
			require.NotContains(t, errs, "s3cret-word")
		})
	}
}
