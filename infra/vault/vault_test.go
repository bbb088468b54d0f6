package vault_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/infra/vault"
)

func open(t *testing.T, dir string) *vault.Vault {
	t.Helper()
	v, err := vault.Open(t.Context(), vault.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	return v
}

func plain(subject uuid.UUID, text, where string) []personal.Plain {
	return []personal.Plain{{Subject: subject, Value: []byte(text), Associated: []byte(where)}}
}

func TestWhatIsSealedOpensOnlyAsItWasSealed(t *testing.T) {
	v := open(t, t.TempDir())
	defer v.Close()
	rapid.Check(t, func(r *rapid.T) {
		text, where := rapid.String().Draw(r, "text"), rapid.String().Draw(r, "where")
		subject := uuid.New()
		sealed, err := v.Seal(t.Context(), plain(subject, text, where))
		require.NoError(r, err)
		opened, err := v.Unseal(t.Context(), sealed[0], []byte(where))
		require.NoError(r, err)
		require.Equal(r, text, string(opened))

		_, err = v.Unseal(t.Context(), sealed[0], []byte(where+"x"))
		require.ErrorIs(r, err, vault.ErrTampered, "another place")
		broken := sealed[0]
		broken.Ciphertext = append([]byte{}, broken.Ciphertext...)
		broken.Ciphertext[rapid.IntRange(0, len(broken.Ciphertext)-1).Draw(r, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(r, "bit")
		_, err = v.Unseal(t.Context(), broken, []byte(where))
		require.ErrorIs(r, err, vault.ErrTampered, "a flipped bit")
	})
}

func TestKeysAndClaimsOutliveARestart(t *testing.T) {
	dir, subject := t.TempDir(), uuid.New()
	v := open(t, dir)
	sealed, err := v.Seal(t.Context(), plain(subject, "例", "s"))
	require.NoError(t, err)
	entry := personal.Entry{Kind: "id", Value: "532601194903010011", Subject: subject, Holder: "elder-1"}
	holders, err := v.Claim(t.Context(), []personal.Entry{entry})
	require.NoError(t, err)
	require.Equal(t, []string{"elder-1"}, holders)
	hash := v.Hash([]byte("body"))
	require.NoError(t, v.Close())

	v = open(t, dir)
	defer v.Close()
	opened, err := v.Unseal(t.Context(), sealed[0], []byte("s"))
	require.NoError(t, err)
	require.Equal(t, "例", string(opened))
	entry.Holder = "elder-2"
	holders, err = v.Claim(t.Context(), []personal.Entry{entry})
	require.NoError(t, err)
	require.Equal(t, []string{"elder-1"}, holders, "the first holds it")
	require.Equal(t, hash, v.Hash([]byte("body")), "a retry after a restart is known")
	_, err = vault.Open(t.Context(), vault.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	require.Error(t, err, "a second process")
}

func TestOneOfManyHoldsAClaim(t *testing.T) {
	v := open(t, t.TempDir())
	defer v.Close()
	won := make([]string, 32)
	var wait sync.WaitGroup
	for i := range won {
		wait.Go(func() {
			holders, err := v.Claim(t.Context(), []personal.Entry{{Kind: "id", Value: "１２x", Subject: uuid.New(), Holder: fmt.Sprint("elder-", i)}})
			if err == nil {
				won[i] = holders[0]
			}
		})
	}
	wait.Wait()
	for _, holder := range won {
		require.Equal(t, won[0], holder)
	}
	holder, found, err := v.Holder(t.Context(), "id", " 12X ")
	require.NoError(t, err)
	require.True(t, found, "the same value in another spelling")
	require.Equal(t, won[0], holder)
}

func TestAnErasedPersonIsGoneWithEveryIndex(t *testing.T) {
	v := open(t, t.TempDir())
	defer v.Close()
	gone, stays := uuid.New(), uuid.New()
	sealed, err := v.Seal(t.Context(), append(plain(gone, "例", "s"), plain(stays, "例", "s")...))
	require.NoError(t, err)
	require.NoError(t, v.Index(t.Context(), []personal.Entry{
		{Kind: "name", Value: "赵例", Subject: gone, Holder: "elder-1"}, {Kind: "name", Value: "赵例", Subject: stays, Holder: "elder-2"},
	}))
	_, err = v.Claim(t.Context(), []personal.Entry{{Kind: "id", Value: "1", Subject: gone, Holder: "elder-1"}})
	require.NoError(t, err)

	// A claim that another has taken over does not die with its first holder.
	_, err = v.Claim(t.Context(), []personal.Entry{{Kind: "id", Value: "2", Subject: gone, Holder: "elder-1"}})
	require.NoError(t, err)
	taken, err := v.Reassign(t.Context(), personal.Entry{Kind: "id", Value: "2", Subject: stays, Holder: "elder-2"}, "elder-1")
	require.NoError(t, err)
	require.True(t, taken)
	taken, err = v.Reassign(t.Context(), personal.Entry{Kind: "id", Value: "2", Subject: gone, Holder: "elder-1"}, "elder-1")
	require.NoError(t, err)
	require.False(t, taken, "it is not the first's any more")

	require.NoError(t, v.Erase(t.Context(), gone))
	require.NoError(t, v.Erase(t.Context(), gone), "twice is once")
	require.NoError(t, v.Index(t.Context(), []personal.Entry{{Kind: "name", Value: "赵例", Subject: gone, Holder: "elder-1"}}), "by a command that was on its way")
	require.NoError(t, v.Erase(t.Context(), gone), "is gone with the next start")
	_, err = v.Unseal(t.Context(), sealed[0], []byte("s"))
	require.ErrorIs(t, err, vault.ErrErased)
	_, err = v.Seal(t.Context(), plain(gone, "again", "s"))
	require.ErrorIs(t, err, vault.ErrErased, "nobody is revived")
	_, err = v.Unseal(t.Context(), sealed[1], []byte("s"))
	require.NoError(t, err)
	holders, err := v.Find(t.Context(), "name", "赵例", 10)
	require.NoError(t, err)
	require.Equal(t, []string{"elder-2"}, holders)
	_, found, err := v.Holder(t.Context(), "id", "1")
	require.NoError(t, err)
	require.False(t, found)
	holder, _, err := v.Holder(t.Context(), "id", "2")
	require.NoError(t, err)
	require.Equal(t, "elder-2", holder)
}

func TestNothingPersonalLiesInTheFilesInClear(t *testing.T) {
	dir := t.TempDir()
	v := open(t, dir)
	const secret = "532601194903010011"
	_, err := v.Seal(t.Context(), plain(uuid.New(), secret, "s"))
	require.NoError(t, err)
	_, err = v.Claim(t.Context(), []personal.Entry{{Kind: "id", Value: secret, Subject: uuid.New(), Holder: "elder-1"}})
	require.NoError(t, err)
	require.NoError(t, v.Bucket("identity").Put("key", []byte(secret)))
	require.NoError(t, v.Close())
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		require.NotContains(t, string(b), secret, path)
		return err
	}))
}

func TestAWrongKeyIsToldPlainly(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, open(t, dir).Close())
	require.NoError(t, os.Remove(filepath.Join(dir, "key-encryption-key")))
	_, err := vault.Open(t.Context(), vault.Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, "bring back the key file")
}

func TestABucketKeepsAndTakesOnce(t *testing.T) {
	v := open(t, t.TempDir())
	defer v.Close()
	b := v.Bucket("b")
	require.NoError(t, b.Put("one", []byte("1")))
	require.NoError(t, b.Put("two", []byte("2")))
	seen := map[string]string{}
	require.NoError(t, b.Scan("", func(key string, value []byte) error { seen[key] = string(value); return nil }))
	require.Equal(t, map[string]string{"one": "1", "two": "2"}, seen)
	var wait sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 16 {
		wait.Go(func() {
			if _, found, err := b.Take("one"); err == nil && found {
				mu.Lock()
				taken++
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	require.Equal(t, 1, taken)
}
