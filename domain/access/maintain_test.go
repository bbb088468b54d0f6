package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/access"
)

func TestOnlyAnAdministratorMaintainsSteersErasesAndMerges(t *testing.T) {
	for role, may := range map[access.Role]bool{access.Administrator: true, access.Caseworker: false, access.Analyst: false, access.Supervisor: false} {
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Maintain, nil), role)
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Steer, nil), role)
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Erase, nil), role)
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Merge, nil), role)
	}
	here := access.Principal{Role: access.Administrator, Areas: []string{"532601"}}
	require.True(t, access.Allows(here, access.Erase, []string{"532601001", "532601", "532600"}))
	require.False(t, access.Allows(here, access.Erase, []string{"532622101", "532622", "532600"}), "only people of their own area")
}
