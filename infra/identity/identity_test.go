package identity_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/infra/identity"
)

// store is a map with the port's methods.
type store struct {
	mu     sync.Mutex
	values map[string][]byte
}

func (s *store) Get(key string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	return v, ok, nil
}

func (s *store) Put(key string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.values[key] = value
	return nil
}

func (s *store) Take(key string) ([]byte, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	delete(s.values, key)
	return v, ok, nil
}

func TestIdentity(t *testing.T) {
	now := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	kept := &store{values: map[string][]byte{}}
	i := identity.New(kept, func() time.Time { return now })

	admin, token, err := i.EnsureAdministrator("")
	require.NoError(t, err)
	require.Equal(t, access.Administrator, admin.Role)
	who, err := i.Authenticate(token)
	require.NoError(t, err)
	require.Equal(t, admin, who)
	for key, value := range kept.values {
		require.NotContains(t, key+string(value), token, "only hashes are kept")
	}

	again, none, err := i.EnsureAdministrator("")
	require.NoError(t, err)
	require.Equal(t, admin.ID, again.ID)
	require.Empty(t, none, "a later start makes no new token")
	_, _, err = i.EnsureAdministrator("cl_preset-by-the-operator")
	require.NoError(t, err)
	who, err = i.Authenticate("cl_preset-by-the-operator")
	require.NoError(t, err)
	require.Equal(t, admin.ID, who.ID)
	_, err = i.Authenticate("cl_nobody-has-this-token")
	require.ErrorIs(t, err, identity.ErrUnknown)

	t.Run("a sign-in code works once, and not for ever", func(t *testing.T) {
		code, err := i.NewSignInCode(admin, time.Hour)
		require.NoError(t, err)
		var wait sync.WaitGroup
		sessions := make([]string, 16)
		for n := range sessions {
			wait.Go(func() { sessions[n], _, _ = i.Redeem(code) })
		}
		wait.Wait()
		won := 0
		for _, s := range sessions {
			if s != "" {
				won++
				_, err := i.Authenticate(s)
				require.NoError(t, err)
			}
		}
		require.Equal(t, 1, won)
		late, err := i.NewSignInCode(admin, time.Hour)
		require.NoError(t, err)
		now = now.Add(2 * time.Hour)
		_, _, err = i.Redeem(late)
		require.ErrorIs(t, err, identity.ErrUnknown)
	})
	t.Run("a session lives on with its use and ends without it", func(t *testing.T) {
		code, err := i.NewSignInCode(admin, time.Hour)
		require.NoError(t, err)
		session, _, err := i.Redeem(code)
		require.NoError(t, err)
		for range 3 {
			now = now.Add(11 * time.Hour)
			_, err = i.Authenticate(session)
			require.NoError(t, err)
		}
		now = now.Add(13 * time.Hour)
		_, err = i.Authenticate(session)
		require.ErrorIs(t, err, identity.ErrUnknown)
	})
	t.Run("a revoked token ends at once, and for a new process too", func(t *testing.T) {
		issued, err := i.IssueToken(admin, 0)
		require.NoError(t, err)
		require.NoError(t, i.Revoke(issued))
		_, err = i.Authenticate(issued)
		require.ErrorIs(t, err, identity.ErrUnknown)
		_, err = identity.New(kept, func() time.Time { return now }).Authenticate(issued)
		require.ErrorIs(t, err, identity.ErrUnknown)
		_, err = identity.New(kept, func() time.Time { return now }).Authenticate(token)
		require.NoError(t, err, "others live on over a restart")
	})
	t.Run("the token file is for its owner only", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, identity.WriteTokenFile(dir, token))
		info, err := os.Stat(identity.TokenFile(dir))
		require.NoError(t, err)
		require.EqualValues(t, 0o600, info.Mode().Perm())
		read, err := identity.ReadTokenFile(dir)
		require.NoError(t, err)
		require.Equal(t, token, read)
	})
}
