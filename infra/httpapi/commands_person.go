package httpapi

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/person"
)

type erasePerson struct {
	Reason string `json:"reason" enum:"purpose_met,period_over,consent_withdrawn,unlawful" doc:"Why"`
	Basis  string `json:"basis" enum:"request,authority_order,court_order,own_review" doc:"On whose say"`
}

type mergeRegistration struct {
	Survivor string `json:"survivor" format:"uuid" doc:"The registration that stays"`
}

func personCommands() []spec {
	erase := func(noun string, k runner, whose []string, c func(person.Erase) any) func(*server, request, erasePerson, *fields) *prepared {
		return func(s *server, r request, b erasePerson, f *fields) *prepared {
			id, stream := s.existing(r, f, noun)
			subjects := make([]uuid.UUID, len(whose))
			for i, who := range whose {
				subjects[i] = subjectOf(id, who)
			}
			p := plain(k, stream, id, calendar.DayOf(r.ReceivedAt), func() any {
				return c(person.Erase{Subjects: subjects, Reason: person.Reason(b.Reason), Basis: person.Basis(b.Basis)})
			})
			p.action = access.Erase
			p.run = func(ctx context.Context) command.Outcome { return s.erase(ctx, item{p, r.Context}, subjects) }
			return p
		}
	}
	return []spec{
		define("erase-elder", "/elders/{elder}/erasure", "Destroy an elder's personal data for ever; no number changes. For administrators",
			erase("elder", elders, []string{"elder"}, func(c person.Erase) any { return elder.Erase{Erase: c} })),
		define("erase-child", "/children/{child}/erasure", "Destroy the personal data of a child and its guardian for ever; no number changes. For administrators",
			erase("child", children, []string{"child", "guardian"}, func(c person.Erase) any { return child.Erase{Erase: c} })),
		define("merge-elder", "/elders/{elder}/merge", "Merge a duplicate into another registration of the same elder: from then on its records count there. For administrators",
			func(s *server, r request, b mergeRegistration, f *fields) *prepared {
				return s.merge(r, f, b, "elder", elders, func(c person.Merge) any { return elder.Merge{Merge: c} }, func(ctx context.Context, stream string, c *person.Merge) error {
					return command.View(ctx, s.Handler, elder.Decider(), stream, func(st elder.State, _ int64) { c.Known, c.Into = st.Registered(), st.MergedInto })
				})
			}),
		define("merge-child", "/children/{child}/merge", "Merge a duplicate into another registration of the same child: from then on its records count there. For administrators",
			func(s *server, r request, b mergeRegistration, f *fields) *prepared {
				return s.merge(r, f, b, "child", children, func(c person.Merge) any { return child.Merge{Merge: c} }, func(ctx context.Context, stream string, c *person.Merge) error {
					return command.View(ctx, s.Handler, child.Decider(), stream, func(st child.State, _ int64) { c.Known, c.Into = st.Registered(), st.MergedInto })
				})
			}),
	}
}

// merge prepares a merge. What the survivor's stream says is looked up when it is run, one merge at a time: of two that would
// merge each into the other, the second one is refused. The vault has one process, so this is enough.
func (s *server) merge(
	r request, f *fields, b mergeRegistration, noun string, k runner, c func(person.Merge) any, look func(ctx context.Context, stream string, c *person.Merge) error,
) *prepared {
	id, stream := s.existing(r, f, noun)
	ask := person.Merge{Survivor: f.id("/survivor", b.Survivor), Area: s.Areas.Root().Code}
	p := plain(k, stream, id, 0, func() any { return c(ask) })
	p.action = access.Merge
	p.run = func(ctx context.Context) command.Outcome {
		s.merges.Lock()
		defer s.merges.Unlock()
		if err := look(ctx, command.StreamName(noun, s.Plan.Prefecture, ask.Survivor), &ask); err != nil {
			return command.Outcome{Err: err}
		}
		return k.execute(ctx, s.Handler, stream, []item{{p, r.Context}})[0]
	}
	return p
}

// erase records an erasure, and then destroys the keys: whoever reads "accepted" can rely on both. Where the keys could not
// be destroyed, the same command again does it, or the next start.
func (s *server) erase(ctx context.Context, it item, subjects []uuid.UUID) command.Outcome {
	outcome := it.kind.execute(ctx, s.Handler, it.stream, []item{it})[0]
	if outcome.Err != nil {
		return outcome
	}
	for _, subject := range subjects {
		if err := s.Sealer.Erase(ctx, subject); err != nil {
			return command.Outcome{Err: fmt.Errorf("destroy the keys of %s: %w", it.stream, err)}
		}
	}
	return outcome
}
