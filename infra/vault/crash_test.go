package vault_test

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/infra/vault"
)

// The power goes after any operation, and the disk keeps of what was not synced nothing, a part, or all. What was
// sealed opens, what was claimed is held, and who was erased stays erased.
func TestNothingIsLostWhenThePowerGoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	disk, dir := vfs.NewCrashableMem(), t.TempDir()
	const keeper = "base64key://smGbjm71Nxd1Ig5FS0wj9SlbzAIrnolCz9bQQ6uAhl4="
	open := func(fs vfs.FS) *vault.Vault {
		v, err := vault.Open(t.Context(), vault.Options{Dir: dir, KeeperURL: keeper, Logger: slog.New(slog.DiscardHandler), FS: fs})
		require.NoError(t, err)
		return v
	}
	type person struct {
		sealed event.Sealed
		erased bool
	}
	people := map[uuid.UUID]*person{}
	v := open(disk)
	for n := range 60 {
		subject := uuid.New()
		sealed, err := v.Seal(t.Context(), plain(subject, "例", subject.String()))
		require.NoError(t, err)
		holders, err := v.Claim(t.Context(), []personal.Entry{{Kind: "id", Value: fmt.Sprint(n), Subject: subject, Holder: subject.String()}})
		require.NoError(t, err)
		require.Equal(t, []string{subject.String()}, holders)
		people[subject] = &person{sealed: sealed[0]}
		if n%7 == 3 {
			require.NoError(t, v.Erase(t.Context(), subject))
			people[subject].erased = true
		}

		after := open(disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: []int{0, 0, 30, 70, 100}[rng.IntN(5)], RNG: rng}))
		for subject, p := range people {
			opened, err := after.Unseal(t.Context(), p.sealed, []byte(subject.String()))
			if p.erased {
				require.ErrorIs(t, err, vault.ErrErased)
				continue
			}
			require.NoError(t, err, "after %d", n)
			require.Equal(t, "例", string(opened))
		}
		for m := range n + 1 {
			holder, held, err := after.Holder(t.Context(), "id", fmt.Sprint(m))
			require.NoError(t, err)
			if held {
				require.False(t, people[uuid.MustParse(holder)].erased)
			} else {
				require.Equal(t, 3, m%7, "only the erased hold nothing")
			}
		}
		require.NoError(t, after.Close())
	}
	require.NoError(t, v.Close())
}
