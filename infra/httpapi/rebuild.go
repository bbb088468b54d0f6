package httpapi

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/projection"
)

// Projection says which sets of facts and cells there are, and takes commands for them.
type Projection interface {
	Standing(ctx context.Context) (ProjectionStatus, error)
	Say(ctx context.Context, c projection.Command, by command.Context) command.Outcome
}

// ProjectionStatus is from which set numbers are read, and how far the one that is built beside it has come.
type ProjectionStatus struct {
	Serving          int      `json:"serving" doc:"The set from which numbers are read"`
	Previous         int      `json:"previous" doc:"The set before, to which roll-back returns; 0: none"`
	Building         int      `json:"building" doc:"The set that is being built; 0: none"`
	Paused           bool     `json:"paused"`
	Projected        uint64   `json:"projected,string" doc:"The ledger number up to which the set that is being built is projected"`
	Head             uint64   `json:"head,string" doc:"The newest ledger number of the prefecture"`
	EstimatedSeconds *float64 `json:"estimated_seconds" doc:"Until the set follows the log; null while it is not known"`
}

// RebuildReceipt says what a command on the projection did, and how it stands now.
type RebuildReceipt struct {
	Receipt
	ProjectionStatus
}

type rebuildOutput struct {
	Status int
	ETag   string `header:"ETag"`
	Body   RebuildReceipt
}

type beginRebuild struct {
	Reason string `json:"reason,omitempty" maxLength:"200" doc:"Why; it is kept in the log"`
}

// registerRebuild makes the routes by which facts and cells are built anew.
func (s *server) registerRebuild(api huma.API) {
	get(api, s, "rebuild", "/rebuild", "Which set of facts and cells serves, and how far a rebuild has come", access.ReadNumbers, s.rebuild)
	room := s.admitting(access.Maintain, newGate(singlesAtWork, singlesWaiting))
	for _, c := range rebuildCommands() {
		op := apart(api, c, "upkeep", room)
		op.Description = "For administrators. Never in a batch."
		huma.Register(api, op, func(ctx context.Context, in *commandInput) (*rebuildOutput, error) { return s.steer(ctx, c, in) })
		takes(api, op.Path, c.body, c.name)
	}
}

// rebuildCommands are the commands on the projection. They stand apart from the others, as sealing does.
func rebuildCommands() []spec {
	type nothing struct{}
	all := []spec{define("begin-rebuild", "/rebuild", "Build facts and cells anew from the log, beside those that serve; they take their place in one step",
		func(s *server, r request, b beginRebuild, _ *fields) *prepared {
			return s.onProjection(r, projection.Begin{Area: s.Areas.Root().Code, Facts: s.Facts, Reason: b.Reason})
		})}
	for _, route := range []struct {
		name, summary string
		command       projection.Command
	}{
		{"pause", "Stop building for a while", projection.Pause{}},
		{"resume", "Build on", projection.Resume{}},
		{"abandon", "Give up the set that is being built", projection.Abandon{}},
		{"roll-back", "Read numbers from the set before again", projection.RollBack{}},
		{"retire", "Throw away the set before", projection.Retire{}},
	} {
		all = append(all, define(route.name+"-rebuild", "/rebuild/"+route.name, route.summary,
			func(s *server, r request, _ nothing, _ *fields) *prepared { return s.onProjection(r, route.command) }))
	}
	return all
}

func (s *server) onProjection(r request, c projection.Command) *prepared {
	return &prepared{run: func(ctx context.Context) command.Outcome { return s.Projection.Say(ctx, c, r.Context) }}
}

func (s *server) steer(ctx context.Context, c spec, in *commandInput) (*rebuildOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, singleTimeout)
	defer cancel()
	done, err := s.tell(ctx, access.Maintain, c, in)
	if err != nil {
		return nil, err
	}
	standing, err := s.Projection.Standing(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &rebuildOutput{Status: done.Status, ETag: done.ETag, Body: RebuildReceipt{done.Body, standing}}, nil
}

func (s *server) rebuild(ctx context.Context, _ access.Principal, _ *struct{}) (*answer[ProjectionStatus], error) {
	standing, err := s.Projection.Standing(ctx)
	return &answer[ProjectionStatus]{standing}, err
}
