package httpapi

import (
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/standing"
	"github.com/careledger/careledger/domain/unit"
)

type registerUnit struct {
	ID           string `json:"id,omitempty" format:"uuid"`
	Kind         string `json:"kind" enum:"community,estate,elder_school,hospital,staff"`
	Area         string `json:"area"`
	Name         string `json:"name,omitempty" maxLength:"100" doc:"Public; that of a person on staff is sealed"`
	RegisteredOn string `json:"registered_on" format:"date"`
}

type closeUnit struct {
	ClosedOn string `json:"closed_on" format:"date" doc:"The first day without it"`
}

type enterUnitClosureInError struct {
	Reason string `json:"reason" maxLength:"500" doc:"Sealed"`
}

func unitCommands() []spec {
	return []spec{
		define("register-unit", "/units", "Enter a community, a new estate, an elders' school, a hospital or a person on staff on the register", prepareRegisterUnit),
		define("close-unit", "/units/{unit}/closure", "Close a unit; a person leaves the staff",
			func(s *server, r request, b closeUnit, f *fields) *prepared {
				id, stream := s.existing(r, f, "unit")
				on := f.day("/closed_on", b.ClosedOn)
				return plain(units, stream, id, on, func() any { return unit.Close{ClosedOn: on} })
			}),
		define("enter-unit-closure-in-error", "/units/{unit}/closure/entered-in-error", "Take a closing back that never was",
			func(s *server, r request, b enterUnitClosureInError, f *fields) *prepared {
				id, stream := s.existing(r, f, "unit")
				var reason *event.Sealed
				p := plain(units, stream, id, calendar.DayOf(r.ReceivedAt), func() any { return unit.EnterClosureInError{Reason: reason} })
				p.seal(id, "unit", stream+"#reason", f.text("/reason", b.Reason, 500, true), &reason)
				return p
			}),
	}
}

func prepareRegisterUnit(s *server, r request, b registerUnit, f *fields) *prepared {
	id := fresh(r, f, "/id", b.ID, "unit")
	stream := command.StreamName("unit", s.Plan.Prefecture, id)
	c := unit.Register{
		Unit: id, Kind: standing.Kind(b.Kind), Area: f.area("/area", b.Area), RegisteredOn: f.day("/registered_on", b.RegisteredOn),
		Name: f.name("/name", b.Name, 100, false),
	}
	name := c.Name
	if c.Kind == standing.Staff {
		c.Name = ""
	}
	p := plain(units, stream, id, c.RegisteredOn, func() any { return c })
	p.area = c.Area
	if c.Kind == standing.Staff && name != "" {
		p.sealJSON(subjectOf(id, "unit"), stream+"#personal", struct {
			Name string `json:"name"`
		}{name}, &c.Personal)
	}
	return p
}
