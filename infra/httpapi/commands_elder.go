package httpapi

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/admission"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/idnumber"
	"github.com/careledger/careledger/domain/personal"
)

const (
	claimIDNumber = "-id-number" // behind the noun: elder-id-number, child-id-number
	indexName     = "elder-name"
)

// identity is what is sealed about an elder or a child.
type identity struct {
	Name     string       `json:"name,omitempty"`
	IDNumber string       `json:"id_number,omitempty"`
	BornOn   calendar.Day `json:"born_on"`
	Phone    string       `json:"phone,omitempty"`
	Address  string       `json:"address,omitempty"`
}

type registerElder struct {
	ID           string `json:"id,omitempty" format:"uuid" doc:"The client's own id; derived from the command when absent"`
	Area         string `json:"area" doc:"Township (9 digits), community (12) or county (6)"`
	RegisteredOn string `json:"registered_on" format:"date"`
	Sex          string `json:"sex" enum:"male,female"`
	Name         string `json:"name,omitempty" maxLength:"100" doc:"Sealed"`
	IDNumber     string `json:"id_number,omitempty" doc:"Sealed; GB 11643, 18 characters; unique"`
	BornOn       string `json:"born_on,omitempty" format:"date" doc:"Sealed; needed without id_number"`
	Phone        string `json:"phone,omitempty" maxLength:"40" doc:"Sealed"`
	Address      string `json:"address,omitempty" maxLength:"200" doc:"Sealed"`
	Household    string `json:"household,omitempty" format:"uuid"`
}

type recordCircumstances struct {
	Circumstances []string `json:"circumstances" doc:"The whole set from effective_on on: living_alone, childless, empty_nest, left_behind, severely_disabled, disabled, dementia, very_old, special_family; may be empty"`
	EffectiveOn   string   `json:"effective_on" format:"date"`
}

type logHomeVisit struct {
	ID         string `json:"id,omitempty" format:"uuid"`
	OccurredOn string `json:"occurred_on" format:"date"`
	Mode       string `json:"mode" enum:"home,telephone,video"`
	Outcome    string `json:"outcome" enum:"seen,absent,refused,moved,hospitalised,deceased"`
	Note       string `json:"note,omitempty" maxLength:"2000" doc:"Sealed"`
}

type correctHomeVisit struct {
	OccurredOn string `json:"occurred_on" format:"date"`
	Mode       string `json:"mode" enum:"home,telephone,video"`
	Outcome    string `json:"outcome" enum:"seen,absent,refused,moved,hospitalised,deceased"`
	Reason     string `json:"reason" maxLength:"500" doc:"Sealed"`
}

type enterHomeVisitInError struct {
	Reason string `json:"reason" maxLength:"500" doc:"Sealed"`
}

func elderCommands() []spec {
	return []spec{
		define("register-elder", "/elders", "Enter a person of 60 or more on the register", prepareRegisterElder),
		define("record-circumstances", "/elders/{elder}/circumstances", "Record the whole set of circumstances from a day on",
			func(s *server, r request, b recordCircumstances, f *fields) *prepared {
				_, stream := s.existing(r, f, "elder")
				words := make([]elder.Circumstance, len(b.Circumstances))
				for i, w := range b.Circumstances {
					words[i] = elder.Circumstance(w)
				}
				on := f.day("/effective_on", b.EffectiveOn)
				return plain(elders, stream, elderOf(r), on, func() any {
					return elder.RecordCircumstances{Circumstances: words, EffectiveOn: on}
				})
			}),
		define("log-home-visit", "/elders/{elder}/visits", "Log a contact with an elder",
			func(s *server, r request, b logHomeVisit, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				visit := fresh(r, f, "/id", b.ID, "visit")
				on := f.day("/occurred_on", b.OccurredOn)
				var note *event.Sealed
				p := plain(elders, stream, visit, on, func() any {
					return elder.LogHomeVisit{Visit: visit, OccurredOn: on, Mode: elder.Mode(b.Mode), Outcome: elder.Outcome(b.Outcome), Note: note}
				})
				p.seal(id, "elder", stream+"#note", f.text("/note", b.Note, 2000, false), &note)
				return p
			}),
		define("correct-home-visit", "/elders/{elder}/visits/{visit}/correction", "Say what a visit was instead",
			func(s *server, r request, b correctHomeVisit, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				visit := f.id("/target/visit", r.target["visit"])
				on := f.day("/occurred_on", b.OccurredOn)
				var reason *event.Sealed
				p := plain(elders, stream, visit, on, func() any {
					return elder.CorrectHomeVisit{Visit: visit, OccurredOn: on, Mode: elder.Mode(b.Mode), Outcome: elder.Outcome(b.Outcome), Reason: reason}
				})
				p.seal(id, "elder", stream+"#reason", f.text("/reason", b.Reason, 500, true), &reason)
				return p
			}),
		define("enter-home-visit-in-error", "/elders/{elder}/visits/{visit}/entered-in-error", "Take a visit back that never was",
			func(s *server, r request, b enterHomeVisitInError, f *fields) *prepared {
				id, stream := s.existing(r, f, "elder")
				visit := f.id("/target/visit", r.target["visit"])
				var reason *event.Sealed
				p := plain(elders, stream, visit, calendar.DayOf(r.ReceivedAt), func() any {
					return elder.EnterHomeVisitInError{Visit: visit, Reason: reason}
				})
				p.seal(id, "elder", stream+"#reason", f.text("/reason", b.Reason, 500, true), &reason)
				return p
			}),
	}
}

func prepareRegisterElder(s *server, r request, b registerElder, f *fields) *prepared {
	id := fresh(r, f, "/id", b.ID, "elder")
	stream := command.StreamName("elder", s.Plan.Prefecture, id)
	area, on := f.home("/area", b.Area), f.day("/registered_on", b.RegisteredOn)
	household := f.optionalID("/household", b.Household)
	f.notBlank("/name", r.members["name"])
	who := f.person(b.Name, b.IDNumber, b.BornOn, b.Sex, b.Phone, b.Address)
	var sealed *event.Sealed
	p := plain(elders, stream, id, on, func() any {
		return elder.Register{
			Elder: id, Area: area, RegisteredOn: on, Sex: elder.Sex(b.Sex), Born: who.BornOn, Household: household, Personal: sealed,
		}
	})
	p.area = area
	p.sealPerson(id, "elder", stream, who, &sealed)
	if who.Name != "" {
		p.index = append(p.index, personal.Entry{Kind: indexName, Value: who.Name, Subject: subjectOf(id, "elder"), Holder: stream})
	}
	return p
}

// person reads personal values and checks that they agree with the ID number.
func (f *fields) person(name, number, born, sex, phone, address string) identity {
	who := identity{
		Name: f.name("/name", name, 100, false), Phone: f.name("/phone", phone, 40, false), Address: f.name("/address", address, 200, false),
	}
	if born != "" || number == "" {
		who.BornOn = f.day("/born_on", born)
	}
	if number == "" {
		return who
	}
	n, err := idnumber.Parse(number)
	if err != nil {
		f.failWith(err, "/id_number")
		return who
	}
	who.IDNumber = n.Text
	switch {
	case born != "" && who.BornOn != n.Born:
		f.fail(errBornMismatch, "/born_on")
	case n.Female != (sex == "female"):
		f.fail(errSexMismatch, "/sex")
	}
	who.BornOn = n.Born
	return who
}

// sealPerson seals who under the entity's key and claims the ID number.
func (p *prepared) sealPerson(id uuid.UUID, noun, stream string, who identity, into **event.Sealed) {
	subject := subjectOf(id, noun)
	p.sealJSON(subject, stream+"#personal", who, into)
	if who.IDNumber != "" {
		p.claims = append(p.claims, personal.Entry{Kind: noun + claimIDNumber, Value: who.IDNumber, Subject: subject, Holder: stream})
	}
}

// sealJSON seals a value of strings and days.
func (p *prepared) sealJSON(subject uuid.UUID, associated string, value any, into **event.Sealed) {
	b, err := json.Marshal(value)
	if err != nil {
		p.broken = fmt.Errorf("write what is to be sealed: %w", err)
		return
	}
	p.seals = append(p.seals, sealing{personal.Plain{Subject: subject, Value: b, Associated: []byte(associated)}, into})
}

// seal seals a free text, where there is one.
func (p *prepared) seal(id uuid.UUID, noun, associated, text string, into **event.Sealed) {
	if text != "" {
		p.seals = append(p.seals, sealing{personal.Plain{Subject: subjectOf(id, noun), Value: []byte(text), Associated: []byte(associated)}, into})
	}
}

func plain(k runner, stream string, entity uuid.UUID, on calendar.Day, c func() any) *prepared {
	return &prepared{kind: k, stream: stream, entity: entity, occurredOn: on, command: c}
}

func elderOf(r request) uuid.UUID {
	id, err := uuid.Parse(r.target["elder"])
	if err != nil {
		return uuid.Nil
	}
	return id
}

type admitElder struct {
	ID          string `json:"id,omitempty" format:"uuid"`
	Institution string `json:"institution" format:"uuid"`
	AdmittedOn  string `json:"admitted_on" format:"date"`
	Report      bool   `json:"report,omitempty" doc:"It has already happened: recorded with doubts instead of refused"`
}

type transferElder struct {
	Institution   string `json:"institution" format:"uuid"`
	TransferredOn string `json:"transferred_on" format:"date"`
	Report        bool   `json:"report,omitempty"`
}

type dischargeElder struct {
	DischargedOn string `json:"discharged_on" format:"date"`
	Reason       string `json:"reason" enum:"home,hospital,deceased,other"`
}

func stayCommands() []spec {
	return []spec{
		define("admit-elder", "/elders/{elder}/stays", "Admit an elder into an institution",
			func(s *server, r request, b admitElder, f *fields) *prepared {
				q := s.stay(r, f, b.Institution, "/admitted_on", b.AdmittedOn, b.Report)
				q.Stay = fresh(r, f, "/id", b.ID, "stay")
				return process(elders, q.ElderStream, q.Stay, func(ctx context.Context) command.Outcome { return s.Admission.Admit(ctx, q) })
			}),
		define("transfer-elder", "/elders/{elder}/stays/{stay}/transfer", "Move a stay to another institution",
			func(s *server, r request, b transferElder, f *fields) *prepared {
				q := s.stay(r, f, b.Institution, "/transferred_on", b.TransferredOn, b.Report)
				q.Stay = f.id("/target/stay", r.target["stay"])
				return process(elders, q.ElderStream, q.Stay, func(ctx context.Context) command.Outcome { return s.Admission.Transfer(ctx, q) })
			}),
		define("discharge-elder", "/elders/{elder}/stays/{stay}/discharge", "End a stay",
			func(s *server, r request, b dischargeElder, f *fields) *prepared {
				_, stream := s.existing(r, f, "elder")
				q := admission.DischargeRequest{
					Context: r.Context, ElderStream: stream, Stay: f.id("/target/stay", r.target["stay"]),
					On: f.day("/discharged_on", b.DischargedOn), Reason: elder.DischargeReason(b.Reason),
				}
				return process(elders, stream, q.Stay, func(ctx context.Context) command.Outcome { return s.Admission.Discharge(ctx, q) })
			}),
	}
}

func (s *server) stay(r request, f *fields, institution, pointer, on string, report bool) admission.Request {
	id, stream := s.existing(r, f, "elder")
	into := f.id("/institution", institution)
	return admission.Request{
		Context: r.Context, Elder: id, ElderStream: stream, Institution: into,
		InstitutionStream: command.StreamName("institution", s.Plan.Prefecture, into), On: f.day(pointer, on), Field: pointer, Report: report,
	}
}

func process(k runner, stream string, entity uuid.UUID, run func(ctx context.Context) command.Outcome) *prepared {
	return &prepared{kind: k, stream: stream, entity: entity, run: run}
}
