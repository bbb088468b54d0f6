package tree

import (
	"maps"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
)

// State is a tree at rest: all that it needs to go on.
type State struct {
	Ledger uuid.UUID           `json:"ledger"`
	Size   int64               `json:"size"`
	Spine  map[int64]tlog.Hash `json:"spine"`
}

// State answers the tree at rest.
func (t *Tree) State() State {
	return State{Ledger: t.ledger, Size: t.size, Spine: maps.Clone(t.spine)}
}

// Resume goes on from a tree at rest.
func Resume(s State) *Tree {
	t := New()
	t.ledger, t.size = s.Ledger, s.Size
	maps.Copy(t.spine, s.Spine)
	return t
}
