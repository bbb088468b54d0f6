package httpapi

import (
	"context"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/feasibility"
	"github.com/careledger/careledger/projections/indicators"
)

var (
	errNoSuchTarget = fault.New(fault.NotFound, "target-not-found", "该指标没有这个目标，请核对目标编号。", "The indicator has no such target; check its id.")
	errFactors      = fault.New(fault.Invalid, "factors-form", "系数请写成 532601:1.2,532622:1.1，且大于 0。", "Write factors above 0 as 532601:1.2,532622:1.1.")

	plans runner = kind[plan.State, plan.Command]{plan.Decider()}
)

// registerPlan makes the questions about the plan itself.
func (s *server) registerPlan(api huma.API) {
	get(api, s, "plan-feasibility", "/plan/feasibility", "What in the plan cannot be true together, with the numbers", access.ReadNumbers, s.feasibility)
	get(api, s, "plan-targets", "/plan/targets", "Targets that were adopted, revised and withdrawn for areas, in order", access.ReadNumbers, s.targets)
	get(api, s, "plan-allotment", "/plan/allotment", "How a count's target is shared out over the areas below, by the plan's rule", access.ReadNumbers, s.allotment)
}

func (s *server) feasibility(context.Context, access.Principal, *struct{}) (*answer[list[Contradiction]], error) {
	items := []Contradiction{}
	for _, f := range feasibility.Check(s.Plan) {
		items = append(items, contradictionOf(s.Plan, f))
	}
	return &answer[list[Contradiction]]{list[Contradiction]{Items: items}}, nil
}

func (s *server) targets(ctx context.Context, _ access.Principal, in *areaInput) (*answer[list[plan.AreaTarget]], error) {
	within, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	events, err := s.History.Load(ctx, plan.Stream(s.Plan.Prefecture, s.Plan.ID), 0)
	if err != nil {
		return nil, err
	}
	items := []plan.AreaTarget{}
	for _, r := range events {
		a, is := plan.AreaTargetOf(r.Event)
		if !is {
			continue
		}
		for _, code := range s.path(a.Of) {
			if code == within {
				a.RecordedAt = r.Metadata.RecordedAt
				items = append(items, a)
			}
		}
	}
	return &answer[list[plan.AreaTarget]]{list[plan.AreaTarget]{Items: items}}, nil
}

type allotmentInput struct {
	Code    string `query:"code" required:"true" doc:"A count that the plan allots"`
	Factors string `query:"factors" doc:"How far areas stand above or below the average, in the place of the plan's factors" example:"532601:1.2,532622:1.1"`
}

// Allotment is how a count's target is shared out, with the passage of the plan that says so.
type Allotment struct {
	indicators.Allotted
	Source string `json:"source" doc:"Where the plan gives the rule, and what of it is a setting"`
}

func (s *server) allotment(ctx context.Context, _ access.Principal, in *allotmentInput) (*answer[Allotment], error) {
	factors := map[string]float64{}
	for part := range strings.SplitSeq(in.Factors, ",") {
		if part == "" {
			continue
		}
		code, text, _ := strings.Cut(part, ":")
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f > 0) || f > 1e6 {
			return nil, errFactors.At("/factors")
		}
		normal, unknown := areaIn(s.Areas, code)
		if unknown != nil {
			return nil, unknown.At("/factors")
		}
		factors[normal] = f
	}
	a, err := s.Cells.Allotted(ctx, in.Code, factors)
	if err != nil {
		return nil, err
	}
	rule, _ := s.Plan.AllotmentOf(in.Code)
	return &answer[Allotment]{Allotment{a, rule.Source}}, nil
}

type setTarget struct {
	Code        string  `json:"code" doc:"The indicator's code"`
	Target      string  `json:"target,omitempty" doc:"The id among the indicator's targets; the official one when absent"`
	Area        string  `json:"area" doc:"The area that the target is for"`
	Value       float64 `json:"value" minimum:"0" doc:"In the indicator's unit"`
	EffectiveOn string  `json:"effective_on" format:"date" doc:"In force for periods that end on this day or later"`
	Reason      string  `json:"reason,omitempty" maxLength:"500"`
}

type withdrawTarget struct {
	Code        string `json:"code" doc:"The indicator's code"`
	Target      string `json:"target,omitempty" doc:"The id among the indicator's targets; the official one when absent"`
	Area        string `json:"area" doc:"The area that has the target no more"`
	EffectiveOn string `json:"effective_on" format:"date"`
	Reason      string `json:"reason,omitempty" maxLength:"500"`
}

func planCommands() []spec {
	return []spec{
		define("set-target", "/plan/targets", "Adopt or revise an area's value of one of the plan's targets",
			func(s *server, r request, b setTarget, f *fields) *prepared {
				held, _ := s.held(f, b.Code, b.Target, b.Area)
				c := plan.SetTarget{
					Held: held, Area: s.Areas.Root().Code, Value: b.Value, EffectiveOn: f.day("/effective_on", b.EffectiveOn), Reason: f.text("/reason", b.Reason, 500, false),
				}
				return s.steering(r, c.EffectiveOn, func() any { return c })
			}),
		define("withdraw-target", "/plan/targets/withdrawal", "End a target of an area",
			func(s *server, r request, b withdrawTarget, f *fields) *prepared {
				held, own := s.held(f, b.Code, b.Target, b.Area)
				c := plan.WithdrawTarget{
					Held: held, Area: s.Areas.Root().Code, InPlan: own, EffectiveOn: f.day("/effective_on", b.EffectiveOn), Reason: f.text("/reason", b.Reason, 500, false),
				}
				return s.steering(r, c.EffectiveOn, func() any { return c })
			}),
	}
}

// held names a target of an area; own says that the plan itself asks it of the area.
func (s *server) held(f *fields, code, target, area string) (h plan.Held, own bool) {
	h = plan.Held{Code: code, Target: target, Of: f.area("/area", area)}
	d, known := s.Plan.Find(code, plan.Official)
	if !known {
		f.fail(s.noIndicator(code, "/code"), "/code")
		return h, false
	}
	for _, t := range d.Targets {
		if target == t.ID || target == "" && t.Official {
			h.Target = t.ID
			_, named := t.Areas[h.Of]
			parent, below := s.Areas.Parent(h.Of)
			_, ruled := s.Plan.AllotmentOf(code)
			return h, named || !below || d.IsRatio() || ruled && parent.Code == s.Areas.Root().Code
		}
	}
	f.fail(errNoSuchTarget, "/target")
	return h, false
}

func (s *server) steering(r request, on calendar.Day, c func() any) *prepared {
	p := plain(plans, plan.Stream(s.Plan.Prefecture, s.Plan.ID), command.EntityFor(r.ID, "target"), on, c)
	p.area, p.action = s.Areas.Root().Code, access.Steer
	return p
}
