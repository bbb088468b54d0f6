package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/careledger/careledger/domain/access"
)

func TestWhoIsBoundToAreasRecordsNowhereElse(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		role := rapid.SampledFrom([]access.Role{access.Administrator, access.Caseworker, access.Analyst, access.Supervisor}).Draw(r, "role")
		action := rapid.SampledFrom([]access.Action{access.Record, access.ReadPeople}).Draw(r, "action")
		p := access.Principal{Role: role, Areas: []string{"532601"}}
		require.False(r, access.Allows(p, action, []string{"532622101", "532622", "532600"}))
		inside := []string{"532601001", "532601", "532600"}
		unbound := access.Principal{Role: role}
		require.Equal(r, access.Allows(unbound, action, inside), access.Allows(p, action, inside), "inside, an area takes nothing away")
	})
}

func TestAnAnalystSeesNumbersAndNoPeople(t *testing.T) {
	p := access.Principal{Role: access.Analyst}
	require.True(t, access.Allows(p, access.ReadNumbers, nil))
	require.False(t, access.Allows(p, access.ReadPeople, nil))
	require.False(t, access.Allows(p, access.Record, nil))
	require.False(t, access.Allows(access.Principal{Role: "unknown"}, access.ReadNumbers, nil))
}
