package users

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alexedwards/argon2id"
	"github.com/stretchr/testify/require"
)

// cheap hashes a password at the least cost.
func cheap(t *testing.T, password string) string {
	t.Helper()
	phc, err := argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	require.NoError(t, err)
	return phc
}

func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "users")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestALineComesBackFromItsFile(t *testing.T) {
	const password = " pass:word 密码 $1 "
	line, err := Line("ward3@护理", password)
	require.NoError(t, err)
	require.Regexp(t, `^ward3@护理:\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, line)
	h, err := ReadFile(written(t, "# who may come in\n\n"+line+"\r\n  \nops:"+cheap(t, "x")+"\n# end"))
	require.NoError(t, err)
	require.Len(t, h, 2)
	d, err := NewDoor(h)
	require.NoError(t, err)
	admits(t, d, true, "ward3@护理", password)
	admits(t, d, false, "ward3@护理", strings.TrimSpace(password))
	again, err := Line("ward3@护理", password)
	require.NoError(t, err)
	require.NotEqual(t, line, again, "each has a salt of its own")
}

func admits(t *testing.T, d *Door, want bool, name, password string) {
	t.Helper()
	got, err := d.Admits(t.Context(), name, password)
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func TestADoorOpensToTheRightPasswordOnly(t *testing.T) {
	d, err := NewDoor(Hashes{"admin": cheap(t, "s3cret"), "ops": cheap(t, "other")})
	require.NoError(t, err)
	for range 2 { // by the hash, and as remembered
		admits(t, d, true, "admin", "s3cret")
		admits(t, d, true, "ops", "other")
		for _, wrong := range [][2]string{
			{"admin", "other"}, {"admin", "s3cret "}, {"admin", ""}, {"Admin", "s3cret"}, {"nobody", "s3cret"}, {"", ""},
			{"ops", "s3cret"}, {"ad", "mins3cret"}, {"nobody", strings.Repeat("x", maxPassword+1)}, {strings.Repeat("x", maxName+1), "s3cret"},
		} {
			admits(t, d, false, wrong[0], wrong[1])
		}
	}
	require.Equal(t, 2, d.remembered.Len(), "what is wrong is not remembered")
}

func TestChecksWaitForTheirTurnAndRememberedOnesDoNot(t *testing.T) {
	d, err := NewDoor(Hashes{"admin": cheap(t, "s3cret")})
	require.NoError(t, err)
	admits(t, d, true, "admin", "s3cret")
	require.NoError(t, d.room.Acquire(t.Context(), checkMemory)) // as many checks as there is room for
	admits(t, d, true, "admin", "s3cret")
	for _, name := range []string{"admin", "nobody"} { // alike, so that waiting tells nobody who is a user
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() {
			_, err := d.Admits(ctx, name, "wrong")
			ended <- err
		}()
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
	}
	d.room.Release(checkMemory)
	admits(t, d, false, "nobody", "wrong")
	require.True(t, d.room.TryAcquire(checkMemory), "each gives back what it took")
}

func TestAnUnknownUserCostsAsMuchAsTheCostliest(t *testing.T) {
	costly, err := argon2id.CreateHash("x", &argon2id.Params{Memory: 128, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32})
	require.NoError(t, err)
	d, err := NewDoor(Hashes{"cheap": cheap(t, "x"), "costly": costly})
	require.NoError(t, err)
	p, _, _, err := argon2id.DecodeHash(d.decoy.phc)
	require.NoError(t, err)
	require.Equal(t, argon2id.Params{Memory: 128, Iterations: 3, Parallelism: 2, SaltLength: 16, KeyLength: 32}, *p)
}

func TestAUsersFileThatIsWrongSaysWhereAndNotWhat(t *testing.T) {
	good := "admin:" + cheap(t, "x")
	parts := strings.Split(good, "$") // admin: argon2id v=19 m=… salt hash
	with := func(i int, text string) string {
		changed := append([]string{}, parts...)
		changed[i] = text
		return strings.Join(changed, "$")
	}
	for behaviour, c := range map[string]struct{ text, says string }{
		"a password in clear":       {"# users\nadmin:s3cret-word\n", "line 2: the hash is not of the form"},
		"no colon":                  {"s3cret-word", "line 1: a user is written name:hash"},
		"no name":                   {":" + parts[1], "line 1: a user needs a name"},
		"a name with a space":       {"\nad min:" + parts[1], "line 2: a user's name holds no spaces"},
		"another argon2":            {with(1, "argon2i"), "line 1: the hash is not one of argon2id"},
		"another version":           {with(2, "v=16"), "line 1: the hash is not one of argon2id, version 19"},
		"no version":                {"admin:$argon2id$" + strings.Join(parts[3:], "$"), "line 1: the hash is not of the form"},
		"bcrypt":                    {"admin:$2y$10$s3cret-word", "line 1: the hash is not of the form"},
		"no memory":                 {with(3, "m=0,t=1,p=1"), "line 1: the hash was made with less memory"},
		"no passes":                 {with(3, "m=64,t=0,p=1"), "line 1: the hash was made with less memory"},
		"no lanes":                  {with(3, "m=64,t=1,p=0"), "line 1: the hash was made with less memory"},
		"more memory than there is": {with(3, "m=4294967295,t=1,p=1"), "line 1: the hash takes more than 256 MiB"},
		"passes without end":        {with(3, "m=64,t=4294967295,p=1"), "line 1: the hash takes more than"},
		"a short salt":              {with(4, "c2FsdA"), "line 1: the hash has a salt below 8 bytes"},
		"a short hash":              {with(5, "c2FsdA"), "line 1: the hash has a salt below 8 bytes, or is itself below 16"},
		"no base64":                 {with(5, "s3cret-word!"), "line 1: the hash is not of the form"},
		"a user twice":              {good + "\n" + good, "line 2: the user is named a second time"},
		"nobody":                    {"# nobody yet\n", "eventstore password"},
		"nothing":                   {"", "eventstore password"},
		"a line without end":        {good + "\n" + strings.Repeat("s3cret-word", 10_000), "line 2: "},
	} {
		t.Run(behaviour, func(t *testing.T) {
			path := written(t, c.text)
			_, err := ReadFile(path)
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, path)
			require.NotContains(t, fmt.Sprint(err), "s3cret-word")
		})
	}
	_, err := ReadFile(filepath.Join(t.TempDir(), "missing"))
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestNamesAndPasswordsThatCannotBe(t *testing.T) {
	for _, name := range []string{"", "a:b", "#a", "a b", "a\n", strings.Repeat("x", maxName+1)} {
		_, err := Line(name, "x")
		require.Error(t, err, "%q", name)
	}
	for _, password := range []string{"", strings.Repeat("x", maxPassword+1)} {
		_, err := Line("admin", password)
		require.Error(t, err)
	}
	_, err := NewDoor(nil)
	require.Error(t, err, "a door nobody can pass")
	_, err = NewDoor(Hashes{"admin": "s3cret"})
	require.Error(t, err)
}
