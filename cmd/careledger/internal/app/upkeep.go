package app

import (
	"context"
	"os"
	"path/filepath"

	"github.com/careledger/careledger/infra/blobs"
	"github.com/careledger/careledger/infra/control"
)

// controls are what the operator on this machine may ask of this process: of the truth it holds itself.
func (a *App) controls() (c control.Actions) {
	if a.engines.storeServer != nil || a.vault != nil {
		c.Snapshot = a.snapshot
	}
	if a.engines.storeServer != nil {
		c.Scavenge = func(ctx context.Context) (any, error) { return a.engines.storeServer.Scavenge(ctx) }
	}
	if a.server != nil {
		c.SignInLink = a.newSignInLink
	}
	return c
}

// snapshot takes the log before the vault: the key of a value is durable before the event that holds the value, so
// that every event of the snapshot finds its keys there.
func (a *App) snapshot(_ context.Context, dir string) error {
	version, err := os.ReadFile(a.options.below(versionFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, versionFile), version, 0o600)
	}
	if err == nil && a.engines.storeServer != nil {
		err = a.engines.storeServer.Snapshot(filepath.Join(dir, eventsDir))
	}
	if err == nil && a.vault != nil {
		err = a.vault.Snapshot(filepath.Join(dir, vaultDir))
	}
	if err == nil {
		err = blobs.In(a.options.below(PublicationsDir)).Snapshot(filepath.Join(dir, PublicationsDir))
	}
	return err
}
