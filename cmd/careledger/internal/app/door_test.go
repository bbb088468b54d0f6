package app

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/infra/bus"
	"github.com/careledger/careledger/infra/eventstore"
)

func TestAllThatGoesOverTheBusIsDescribed(t *testing.T) {
	codec, err := Codec()
	require.NoError(t, err)
	text, err := bus.Describe(codec, announced()...)
	require.NoError(t, err)
	var d struct {
		Components struct{ Messages map[string]any }
	}
	require.NoError(t, json.Unmarshal(text, &d))
	for _, typ := range codec.Types() {
		require.Contains(t, d.Components.Messages, typ.Name)
	}
	for _, message := range []string{"head", "notices." + noticeCells, "notices." + noticeAlerts} {
		require.Contains(t, d.Components.Messages, message)
	}
}

func TestAFullDiskIsNotReady(t *testing.T) {
	require.NoError(t, enough(t.TempDir()))
	require.ErrorIs(t, enough("/sys"), eventstore.ErrFull, "a file system without any space")
}

func TestADamagedLogIsSaidToBeSo(t *testing.T) {
	require.Equal(t, "ok", logIs("ok", false))
	require.Equal(t, "damaged", logIs("ok", true), "it is reached, and takes records")
	require.Equal(t, "unavailable", logIs("unavailable", true))
}
