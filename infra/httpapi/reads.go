package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/area"
	"github.com/careledger/careledger/domain/plan"
	"github.com/careledger/careledger/projections/indicators"
	"github.com/careledger/careledger/projections/registers"
)

type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next" doc:"Cursor of the next page; empty on the last"`
}

type answer[T any] struct{ Body T }

func (s *server) registerReads(api huma.API) {
	s.registerRebuild(api)
	get(api, s, "indicators", "/indicators", "The indicators of an area and period", access.ReadNumbers, s.cells)
	get(api, s, "trend", "/indicators/{code}/trend", "One indicator of one area, month by month", access.ReadNumbers, s.trend)
	get(api, s, "forecast", "/indicators/{code}/forecast", "Where one indicator will stand at its deadline if it goes on as it has", access.ReadNumbers, s.forecast)
	s.registerLineage(api)
	get(api, s, "indicator-definitions", "/indicator-definitions", "How each indicator is counted, in the plan's order", access.ReadNumbers, s.definitions)
	get(api, s, "periods", "/periods", "Which months there are", access.ReadNumbers, s.periods)
	get(api, s, "areas", "/areas", "The areas of the prefecture", access.ReadNumbers, s.areas)
	get(api, s, "alerts", "/alerts", "Alerts of an area and all below it, newest first", access.ReadNumbers, s.alerts)
	get(api, s, "status", "/status", "How far the numbers are behind the log, and how the parts are", access.ReadNumbers, s.status)
	s.registerParked(api)
	s.registerPlan(api)
	get(api, s, "freshness", "/freshness", "How long nothing was recorded in an area, in those below it and by their devices", access.ReadNumbers, s.freshness)
	get(api, s, "elders", "/elders", "Elders of an area by page, or found by exact name or ID number", access.ReadPeople, s.elders)
	get(api, s, "elder", "/elders/{elder}", "One elder with the newest visits", access.ReadPeople, s.elder)
	get(api, s, "session", "/session", "Who is signed in", access.ReadNumbers, s.session)
	huma.Register(api, huma.Operation{
		OperationID: "sign-out", Method: http.MethodPost, Path: "/api/v1/sign-out", Summary: "End the session", Tags: []string{"session"},
		DefaultStatus: http.StatusNoContent, Responses: problems(api),
	}, s.signOut)
}

// get registers a question that needs an action's right.
func get[I, O any](api huma.API, s *server, id, path, summary string, a access.Action, ask func(ctx context.Context, who access.Principal, in *I) (*O, error)) {
	op := huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/v1" + path, Summary: summary, Tags: []string{"questions"}, Responses: problems(api)}
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		who, err := s.caller(ctx, a)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		out, err := ask(ctx, who, in)
		if err != nil {
			return nil, s.fail(ctx, err)
		}
		return out, nil
	})
}

// area normalises the code of a question; the prefecture where there is none.
func (s *server) area(code string) (string, error) {
	if code == "" {
		return s.Areas.Root().Code, nil
	}
	normal, unknown := areaIn(s.Areas, code)
	if unknown != nil {
		return "", unknown.At("/area")
	}
	return normal, nil
}

func (s *server) definitions(context.Context, access.Principal, *struct{}) (*answer[list[plan.Definition]], error) {
	return &answer[list[plan.Definition]]{list[plan.Definition]{Items: s.Plan.Definitions}}, nil
}

type areaInput struct {
	Area string `query:"area"`
}

func (s *server) periods(ctx context.Context, _ access.Principal, in *areaInput) (*answer[indicators.Periods], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	p, err := s.Cells.Periods(ctx, code)
	return &answer[indicators.Periods]{p}, err
}

// Area is a division on the wire.
type Area struct {
	Code   string `json:"code"`
	Name   string `json:"name"`
	NameEn string `json:"name_en" doc:"Empty where the area table gives no English name"`
	Level  string `json:"level" enum:"prefecture,county,township"`
	Parent string `json:"parent"`
}

func (s *server) areas(context.Context, access.Principal, *struct{}) (*answer[list[Area]], error) {
	items := []Area{}
	for _, a := range s.Areas.All() {
		items = append(items, Area{Code: a.Code, Name: a.Name, NameEn: a.NameEn, Level: string(a.Level), Parent: a.Parent})
	}
	return &answer[list[Area]]{list[Area]{Items: items}}, nil
}

type alertsInput struct {
	Area  string `query:"area"`
	State string `query:"state" doc:"open, resolved or all; open when absent"`
}

func (s *server) alerts(ctx context.Context, _ access.Principal, in *alertsInput) (*answer[list[registers.Alert]], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	state := map[string]string{"": "open", "open": "open", "resolved": "resolved", "all": ""}
	wanted, known := state[in.State]
	if !known {
		return nil, errState.At("/state")
	}
	items, err := s.Registers.Alerts(ctx, s.Plan.Prefecture, within(s.Areas, code), wanted)
	if err != nil {
		return nil, err
	}
	if items == nil {
		items = []registers.Alert{}
	}
	return &answer[list[registers.Alert]]{list[registers.Alert]{Items: items}}, nil
}

// within lists an area and everything below it, by code.
func within(areas *area.Table, code string) []string {
	var codes []string
	for _, a := range areas.Within(code) {
		codes = append(codes, a.Code)
	}
	if len(codes) == 0 {
		codes = []string{code} // a community
	}
	return codes
}

// of is how far the numbers of a prefecture are.
func (s Status) of(prefecture string) PrefectureStatus {
	for _, p := range s.Prefectures {
		if p.Code == prefecture {
			return p
		}
	}
	return PrefectureStatus{}
}

func (s *server) status(ctx context.Context, _ access.Principal, _ *struct{}) (*answer[Status], error) {
	return &answer[Status]{s.Status(ctx)}, nil
}
