package embedded_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/eventstore/contract"
	"github.com/careledger/careledger/infra/eventstore/embedded"
)

func TestContract(t *testing.T) {
	contract.Run(t, open(t, embedded.Options{}).URL())
}

func TestContractByDiscovery(t *testing.T) {
	s := open(t, embedded.Options{})
	contract.Run(t, strings.Replace(s.URL(), "esdb://", "esdb+discover://", 1))
}

// open starts a server on a directory of its own unless o names one, until the test ends.
func open(t testing.TB, o embedded.Options) *embedded.Server {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	s, err := embedded.Open(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close(context.Background())) })
	return s
}
