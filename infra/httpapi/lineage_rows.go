package httpapi

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
	"github.com/careledger/careledger/projections/facts"
	"github.com/careledger/careledger/projections/lineage"
)

// RecordSubject is who or what a row is of. Name and IDNumberMasked are empty where there is none, where the person's data
// was erased, and where they are withheld.
type RecordSubject struct {
	Kind           string `json:"kind" example:"elder"`
	Subject        string `json:"subject" doc:"An id (UUID); of a figure its series, of an area its code"`
	Name           string `json:"name"`
	IDNumberMasked string `json:"id_number_masked" example:"532601********1234"`
	Withheld       bool   `json:"withheld" doc:"You may not see the people of this area: name and devices are left out"`
	Erased         bool   `json:"erased" doc:"The person's data was erased: there is no name any more"`
	Area           string `json:"area" example:"532601001"`
	AreaName       string `json:"area_name"`
}

// RecordRow is a subject behind a cell, and what it adds to the cell's numerator and denominator.
type RecordRow struct {
	RecordSubject
	Role        string         `json:"role" enum:"numerator,denominator,excluded"`
	Reason      lineage.Reason `json:"reason"`
	Numerator   float64        `json:"numerator"`
	Denominator float64        `json:"denominator"`
	Events      []RecordEvent  `json:"events" doc:"What made it so, by ledger number"`
}

// RecordEvent is an event of the ledger: where it stands, who recorded it, with which device, and its three times.
type RecordEvent struct {
	Number     uint64        `json:"number,string" doc:"Its ledger number"`
	ID         uuid.UUID     `json:"id" format:"uuid"`
	Type       string        `json:"type" example:"HomeVisitLogged.v1"`
	Stream     string        `json:"stream"`
	Revision   uint64        `json:"revision,string"`
	Actor      string        `json:"actor"`
	Device     string        `json:"device"`
	Area       string        `json:"area"`
	OccurredOn *calendar.Day `json:"occurred_on" doc:"null: the event names no day"`
	ReceivedAt time.Time     `json:"received_at"`
	RecordedAt time.Time     `json:"recorded_at"`
}

// recordEvents shows envelopes. What a device is called may say whose it is.
func recordEvents(all []facts.Event, withheld bool) []RecordEvent {
	events := make([]RecordEvent, len(all))
	for i, e := range all {
		events[i] = RecordEvent{
			Number: e.Number, ID: e.EventID, Type: e.Type, Stream: e.Stream, Revision: e.Revision, Actor: e.Actor, Device: e.Device, Area: e.Area,
			ReceivedAt: e.ReceivedAt.UTC(), RecordedAt: e.RecordedAt.UTC(),
		}
		if on := calendar.Date(e.OccurredOn.Date()); on != 0 {
			events[i].OccurredOn = &on
		}
		if withheld {
			events[i].Device = ""
		}
	}
	return events
}

// DiffRow is a subject that makes two states of a cell differ: Numerator and Denominator are by how much.
type DiffRow struct {
	RecordSubject
	Change      string        `json:"change" enum:"entered,left,changed_role,changed_contribution"`
	Before      *DiffShare    `json:"before" doc:"null: it was no part of the cell"`
	After       *DiffShare    `json:"after" doc:"null: it is no part of the cell"`
	Numerator   float64       `json:"numerator"`
	Denominator float64       `json:"denominator"`
	Events      []RecordEvent `json:"events" doc:"Recorded between the two; of two periods, all that are behind either"`
}

// DiffShare is what a subject is to one state of a cell.
type DiffShare struct {
	Role        string         `json:"role" enum:"numerator,denominator,excluded"`
	Reason      lineage.Reason `json:"reason"`
	Area        string         `json:"area"`
	Numerator   float64        `json:"numerator"`
	Denominator float64        `json:"denominator"`
}

func diffShare(s *lineage.Share) *DiffShare {
	if s == nil {
		return nil
	}
	return &DiffShare{Role: string(s.Role), Reason: lineage.ReasonOf(s.Reason), Area: s.Area, Numerator: s.Numerator, Denominator: s.Denominator}
}

func (s *server) diffRows(ctx context.Context, who access.Principal, rows []lineage.Difference) ([]DiffRow, error) {
	keys, areas := make([]lineage.Key, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		newest := r.After
		if newest == nil {
			newest = r.Before
		}
		keys[i], areas[i] = r.Key, newest.Area
	}
	subjects, err := s.subjects(ctx, who, keys, areas)
	if err != nil {
		return nil, err
	}
	items := make([]DiffRow, len(rows))
	for i, r := range rows {
		items[i] = DiffRow{
			RecordSubject: subjects[i], Change: string(r.Change), Before: diffShare(r.Before), After: diffShare(r.After),
			Events: recordEvents(r.Events, subjects[i].Withheld),
		}
		if r.After != nil {
			items[i].Numerator, items[i].Denominator = r.After.Numerator, r.After.Denominator
		}
		if r.Before != nil {
			items[i].Numerator -= r.Before.Numerator
			items[i].Denominator -= r.Before.Denominator
		}
	}
	return items, nil
}

// subjects names those that a page shows, as far as the caller may see them.
func (s *server) subjects(ctx context.Context, who access.Principal, keys []lineage.Key, areas []string) ([]RecordSubject, error) {
	all := make([]RecordSubject, len(keys))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(eldersAtOnce)
	for i, k := range keys {
		all[i] = RecordSubject{Kind: k.Kind, Subject: k.Subject, Area: areas[i], AreaName: s.nameOfArea(areas[i])}
		all[i].Withheld = isPerson(k.Kind) && !access.Allows(who, access.ReadPeople, s.path(areas[i]))
		if !all[i].Withheld {
			group.Go(func() error { return s.nameSubject(ctx, &all[i]) })
		}
	}
	return all, group.Wait()
}

// isPerson reports whether a row of a kind is about somebody: a household is.
func isPerson(kind string) bool {
	return slices.Contains([]string{string(standing.Elder), string(standing.Child), string(standing.Staff), "household"}, kind)
}

// nameSubject reads the name from the subject's own stream.
func (s *server) nameSubject(ctx context.Context, r *RecordSubject) error {
	id, err := uuid.Parse(r.Subject)
	if err != nil { // a figure, or an area
		if a, ok := s.Areas.Find(r.Subject); ok {
			r.Name = a.Name
		}
		return nil //nolint:nilerr // it has no stream
	}
	category := r.Kind
	if slices.Contains(standing.UnitKinds(), standing.Kind(r.Kind)) {
		category = "unit"
	}
	stream := command.StreamName(category, s.Plan.Prefecture, id)
	var sealed *event.Sealed
	switch category {
	case "elder":
		err = command.View(ctx, s.Handler, elder.Decider(), stream, func(st elder.State, _ int64) { sealed, r.Erased = st.Personal, st.Erased })
	case "child":
		err = command.View(ctx, s.Handler, child.Decider(), stream, func(st child.State, _ int64) { sealed, r.Erased = st.Personal, st.Erased })
	case "institution":
		err = command.View(ctx, s.Handler, institution.Decider(), stream, func(st institution.State, _ int64) { r.Name = st.Name })
	case "childcare":
		err = command.View(ctx, s.Handler, childcare.Decider(), stream, func(st childcare.State, _ int64) { r.Name = st.Name })
	case "unit":
		err = command.View(ctx, s.Handler, unit.Decider(), stream, func(st unit.State, _ int64) { r.Name, sealed = st.Name, st.Personal })
	}
	if err != nil || sealed == nil {
		return err
	}
	var person Elder
	err = s.unveil(ctx, &person, sealed, stream)
	r.Name, r.IDNumberMasked = person.Name, person.IDNumberMasked
	return err
}
