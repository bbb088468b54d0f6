package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/projection"
)

// Projection says which sets of facts and cells there are, and takes commands for them.
type Projection interface {
	Standing(ctx context.Context) (ProjectionStatus, error)
	Say(ctx context.Context, c projection.Command, by command.Context) error
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

type rebuildInput struct {
	Body struct {
		Reason string `json:"reason,omitempty" doc:"Why, in at most 200 characters; it is kept in the log"`
	}
}

// registerRebuild makes the routes by which facts and cells are built anew.
func (s *server) registerRebuild(api huma.API) {
	get(api, s, "rebuild", "/rebuild", "Which set of facts and cells serves, and how far a rebuild has come", access.ReadNumbers, s.rebuild)
	post(api, s, "begin-rebuild", "/rebuild", "Build facts and cells anew from the log, beside those that serve; they take their place in one step",
		func(in *rebuildInput) projection.Command {
			return projection.Begin{Area: s.Areas.Root().Code, Facts: s.Facts, Reason: in.Body.Reason}
		})
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
		post(api, s, route.name+"-rebuild", "/rebuild/"+route.name, route.summary, func(*struct{}) projection.Command { return route.command })
	}
}

// post registers a command on the projection. It answers how the projection stands after it.
func post[I any](api huma.API, s *server, id, path, summary string, of func(in *I) projection.Command) {
	op := huma.Operation{
		OperationID: id, Method: http.MethodPost, Path: "/api/v1" + path, Summary: summary, Tags: []string{"upkeep"}, Responses: problems(api),
		MaxBodyBytes: singleLimit,
	}
	huma.Register(api, op, func(ctx context.Context, in *I) (*answer[ProjectionStatus], error) {
		who, err := s.caller(ctx, access.Maintain)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		id := uuid.New()
		by := command.Context{ID: id, CorrelationID: correlationOf(ctx), CausationID: id, Actor: who.ID.String(), ReceivedAt: s.Now().UTC()}
		if err := s.Projection.Say(ctx, of(in), by); err != nil {
			return nil, s.fail(ctx, err)
		}
		out, err := s.rebuild(ctx, who, nil)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	})
}

func (s *server) rebuild(ctx context.Context, _ access.Principal, _ *struct{}) (*answer[ProjectionStatus], error) {
	standing, err := s.Projection.Standing(ctx)
	return &answer[ProjectionStatus]{standing}, err
}
