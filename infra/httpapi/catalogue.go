package httpapi

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/decider"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/personal"
	"github.com/careledger/careledger/domain/retrofit"
	"github.com/careledger/careledger/domain/unit"
)

// spec describes one command: its name in a batch, its route, its body, and how it becomes a command of the domain.
type spec struct {
	name    string
	path    string // below /api/v1; {x} are the members of target in a batch
	summary string
	body    reflect.Type
	// parameters are the names in path, in order.
	parameters []string
	prepare    func(s *server, r request) (*prepared, error)
}

// request is a command as it came in; members are raw's.
type request struct {
	command.Context
	target  map[string]string
	raw     []byte
	members map[string]any
}

// prepared is a command ready to run once its personal values are sealed.
type prepared struct {
	stream     string
	entity     uuid.UUID
	occurredOn calendar.Day
	area       string // where it is known from the request; else the stream's
	seals      []sealing
	claims     []personal.Entry
	index      []personal.Entry
	// One of the two: command for one stream, or run for a process over two.
	kind    runner
	command func() any
	run     func(ctx context.Context) command.Outcome
	ids     []reference   // what it names, so that a refusal of one that is not there can name it too
	action  access.Action // asked for beside recording; empty: none
	// broken is an error of our own making.
	broken error

	contested []contest // claims that somebody else holds
	held      int       // claims in flight
}

// sealing is a personal value and where its sealed form goes.
type sealing struct {
	personal.Plain
	into **event.Sealed
}

// runner runs commands of one kind of stream.
type runner interface {
	execute(ctx context.Context, h *command.Handler, stream string, items []item) []command.Outcome
	areaOf(ctx context.Context, h *command.Handler, stream string) (area string, revision int64, err error)
}

// item is a prepared command with its sender.
type item struct {
	*prepared
	context command.Context
}

type kind[S, C any] struct{ decider decider.Decider[S, C] }

func (k kind[S, C]) execute(ctx context.Context, h *command.Handler, stream string, items []item) []command.Outcome {
	of := make([]command.Item[C], len(items))
	for i, it := range items {
		c, ok := it.command().(C)
		if !ok {
			return []command.Outcome{{Err: errors.New("a command was prepared for another kind of stream")}}
		}
		of[i] = command.Item[C]{Context: it.context, Entity: it.entity, OccurredOn: it.occurredOn, Command: c}
	}
	return command.Execute(ctx, h, k.decider, stream, of)
}

func (k kind[S, C]) areaOf(ctx context.Context, h *command.Handler, stream string) (area string, revision int64, err error) {
	err = command.View(ctx, h, k.decider, stream, func(s S, r int64) { area, revision = k.decider.Area(s), r })
	return area, revision, err
}

var (
	elders       runner = kind[elder.State, elder.Command]{elder.Decider()}
	institutions runner = kind[institution.State, institution.Command]{institution.Decider()}
	retrofits    runner = kind[retrofit.State, retrofit.Command]{retrofit.Decider()}
	childcares   runner = kind[childcare.State, childcare.Command]{childcare.Decider()}
	children     runner = kind[child.State, child.Command]{child.Decider()}
	units        runner = kind[unit.State, unit.Command]{unit.Decider()}
	figures      runner = kind[figure.State, figure.Command]{figure.Decider()}
)

// catalogue lists every command, in the order of the API's description.
func catalogue() []spec {
	var all []spec
	for _, part := range [][]spec{elderCommands(), stayCommands(), institutionCommands(), retrofitCommands(), childcareCommands(), childCommands(), unitCommands(), lifeCommands(), personCommands(), healthCommands(), standingCommands(), figureCommands(), planCommands()} {
		all = append(all, part...)
	}
	return all
}

// define makes a spec whose body is B.
func define[B any](name, path, summary string, prepare func(s *server, r request, b B, f *fields) *prepared) spec {
	shape := shapeOf(reflect.TypeFor[B]())
	return spec{
		name: name, path: path, summary: summary, body: reflect.TypeFor[B](), parameters: parametersOf(path),
		prepare: func(s *server, r request) (*prepared, error) {
			var b B
			if err := shape.fill(r.raw, r.members, &b); err != nil {
				return nil, err
			}
			f := &fields{areas: s.Areas}
			p := prepare(s, r, b, f)
			if err := f.err(); err != nil {
				return nil, err
			}
			p.ids = f.ids
			return p, p.broken
		},
	}
}

func parametersOf(path string) []string {
	var names []string
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			names = append(names, strings.TrimSuffix(name, "}"))
		}
	}
	return names
}

// existing reads the id of the entity that a command is for, and names its stream.
func (s *server) existing(r request, f *fields, category string) (uuid.UUID, string) {
	id := f.id("/target/"+category, r.target[category])
	return id, command.StreamName(category, s.Plan.Prefecture, id)
}

// fresh is the id of what a command makes: the client's, or one that follows from the command.
func fresh(r request, f *fields, pointer, given, noun string) uuid.UUID {
	if id := f.optionalID(pointer, given); id != uuid.Nil {
		return id
	}
	return command.EntityFor(r.ID, noun)
}

// subjectOf is the key-subject of a person: apart from the stream's id. Only an elder's has no noun.
func subjectOf(entity uuid.UUID, who string) uuid.UUID {
	if who == "elder" {
		return uuid.NewSHA1(entity, []byte("key-subject"))
	}
	return uuid.NewSHA1(entity, []byte("key-subject/"+who))
}
