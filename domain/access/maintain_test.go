package access_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/access"
)

func TestOnlyAnAdministratorMaintainsAndSteers(t *testing.T) {
	for role, may := range map[access.Role]bool{access.Administrator: true, access.Caseworker: false, access.Analyst: false, access.Supervisor: false} {
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Maintain, nil), role)
		require.Equal(t, may, access.Allows(access.Principal{Role: role}, access.Steer, nil), role)
	}
}
