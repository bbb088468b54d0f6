package httpapi

import (
	"context"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/child"
	"github.com/careledger/careledger/domain/childcare"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/enrolment"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/figure"
	"github.com/careledger/careledger/domain/institution"
	"github.com/careledger/careledger/domain/retrofit"
)

type registerInstitution struct {
	ID           string `json:"id,omitempty" format:"uuid"`
	Area         string `json:"area"`
	Name         string `json:"name" maxLength:"100"`
	Kind         string `json:"kind" enum:"apartment,welfare_home,rural_home,private"`
	Ownership    string `json:"ownership" enum:"public,private,public_private"`
	RegisteredOn string `json:"registered_on" format:"date"`
}

type openBeds struct {
	Beds        int    `json:"beds" minimum:"1" maximum:"100000"`
	NursingBeds int    `json:"nursing_beds" minimum:"0" doc:"How many of them are nursing-type"`
	OpenedOn    string `json:"opened_on" format:"date"`
}

type convertBeds struct {
	Beds        int    `json:"beds" minimum:"1" maximum:"100000"`
	ConvertedOn string `json:"converted_on" format:"date"`
}

type operateBeds struct {
	Beds       int    `json:"beds" minimum:"1" maximum:"100000"`
	OperatedOn string `json:"operated_on" format:"date"`
}

type closeBeds struct {
	Beds          int    `json:"beds" minimum:"1" maximum:"100000"`
	NursingBeds   int    `json:"nursing_beds" minimum:"0"`
	OperatingBeds int    `json:"operating_beds" minimum:"0"`
	ClosedOn      string `json:"closed_on" format:"date"`
}

func institutionCommands() []spec {
	return []spec{
		define("register-institution", "/institutions", "Enter an institution on the register",
			func(s *server, r request, b registerInstitution, f *fields) *prepared {
				id := fresh(r, f, "/id", b.ID, "institution")
				area, on := f.area("/area", b.Area), f.day("/registered_on", b.RegisteredOn)
				name := f.name("/name", b.Name, 100, true)
				p := plain(institutions, command.StreamName("institution", s.Plan.Prefecture, id), id, on, func() any {
					return institution.Register{
						Institution: id, Area: area, Name: name, Kind: institution.Kind(b.Kind),
						Ownership: institution.Ownership(b.Ownership), RegisteredOn: on,
					}
				})
				p.area = area
				return p
			}),
		define("open-beds", "/institutions/{institution}/open-beds", "Set beds up",
			func(s *server, r request, b openBeds, f *fields) *prepared {
				return s.beds(r, f, "/opened_on", b.OpenedOn, func(on calendar.Day) any {
					return institution.OpenBeds{Beds: b.Beds, NursingBeds: b.NursingBeds, OpenedOn: on}
				})
			}),
		define("convert-beds", "/institutions/{institution}/convert-beds", "Make beds nursing-type",
			func(s *server, r request, b convertBeds, f *fields) *prepared {
				return s.beds(r, f, "/converted_on", b.ConvertedOn, func(on calendar.Day) any {
					return institution.ConvertBeds{Beds: b.Beds, ConvertedOn: on}
				})
			}),
		define("operate-beds", "/institutions/{institution}/operate-beds", "Put beds into operation",
			func(s *server, r request, b operateBeds, f *fields) *prepared {
				return s.beds(r, f, "/operated_on", b.OperatedOn, func(on calendar.Day) any {
					return institution.OperateBeds{Beds: b.Beds, OperatedOn: on}
				})
			}),
		define("close-beds", "/institutions/{institution}/close-beds", "Give beds up",
			func(s *server, r request, b closeBeds, f *fields) *prepared {
				return s.beds(r, f, "/closed_on", b.ClosedOn, func(on calendar.Day) any {
					return institution.CloseBeds{Beds: b.Beds, NursingBeds: b.NursingBeds, OperatingBeds: b.OperatingBeds, ClosedOn: on}
				})
			}),
	}
}

func (s *server) beds(r request, f *fields, pointer, day string, c func(on calendar.Day) any) *prepared {
	id, stream := s.existing(r, f, "institution")
	on := f.day(pointer, day)
	return plain(institutions, stream, id, on, func() any { return c(on) })
}

type applyForRetrofit struct {
	ID        string `json:"id,omitempty" format:"uuid"`
	Area      string `json:"area"`
	Household string `json:"household" format:"uuid"`
	Elder     string `json:"elder,omitempty" format:"uuid"`
	AppliedOn string `json:"applied_on" format:"date"`
}

type approveRetrofit struct {
	ApprovedOn string `json:"approved_on" format:"date"`
}

type acceptRetrofit struct {
	AcceptedOn string `json:"accepted_on" format:"date"`
}

func retrofitCommands() []spec {
	return []spec{
		define("apply-for-retrofit", "/retrofits", "Apply for a home retrofit",
			func(s *server, r request, b applyForRetrofit, f *fields) *prepared {
				id := fresh(r, f, "/id", b.ID, "retrofit")
				c := retrofit.Apply{
					Retrofit: id, Area: f.area("/area", b.Area), Household: f.id("/household", b.Household),
					Elder: f.optionalID("/elder", b.Elder), AppliedOn: f.day("/applied_on", b.AppliedOn),
				}
				p := plain(retrofits, command.StreamName("retrofit", s.Plan.Prefecture, id), id, c.AppliedOn, func() any { return c })
				p.area = c.Area
				return p
			}),
		define("approve-retrofit", "/retrofits/{retrofit}/approval", "Approve a retrofit",
			func(s *server, r request, b approveRetrofit, f *fields) *prepared {
				id, stream := s.existing(r, f, "retrofit")
				on := f.day("/approved_on", b.ApprovedOn)
				return plain(retrofits, stream, id, on, func() any { return retrofit.Approve{ApprovedOn: on} })
			}),
		define("accept-retrofit", "/retrofits/{retrofit}/acceptance", "Accept the finished work of a retrofit",
			func(s *server, r request, b acceptRetrofit, f *fields) *prepared {
				id, stream := s.existing(r, f, "retrofit")
				on := f.day("/accepted_on", b.AcceptedOn)
				return plain(retrofits, stream, id, on, func() any { return retrofit.Accept{AcceptedOn: on} })
			}),
	}
}

type registerChildcare struct {
	ID           string `json:"id,omitempty" format:"uuid"`
	Area         string `json:"area"`
	Name         string `json:"name" maxLength:"100"`
	Ownership    string `json:"ownership" enum:"public,private"`
	RegisteredOn string `json:"registered_on" format:"date"`
}

type fileChildcare struct {
	FiledOn      string `json:"filed_on" format:"date"`
	FilingNumber string `json:"filing_number,omitempty" maxLength:"100"`
}

type openPlaces struct {
	Places          int    `json:"places" minimum:"1" maximum:"10000"`
	InclusivePlaces int    `json:"inclusive_places" minimum:"0"`
	OpenedOn        string `json:"opened_on" format:"date"`
}

type closePlaces struct {
	Places          int    `json:"places" minimum:"1" maximum:"10000"`
	InclusivePlaces int    `json:"inclusive_places" minimum:"0"`
	ClosedOn        string `json:"closed_on" format:"date"`
}

func childcareCommands() []spec {
	return []spec{
		define("register-childcare", "/childcare", "Enter a childcare institution on the register",
			func(s *server, r request, b registerChildcare, f *fields) *prepared {
				id := fresh(r, f, "/id", b.ID, "childcare")
				c := childcare.Register{
					Childcare: id, Area: f.area("/area", b.Area), Name: f.name("/name", b.Name, 100, true),
					Ownership: childcare.Ownership(b.Ownership), RegisteredOn: f.day("/registered_on", b.RegisteredOn),
				}
				p := plain(childcares, command.StreamName("childcare", s.Plan.Prefecture, id), id, c.RegisteredOn, func() any { return c })
				p.area = c.Area
				return p
			}),
		define("file-childcare", "/childcare/{childcare}/filing", "Put a childcare institution on file",
			func(s *server, r request, b fileChildcare, f *fields) *prepared {
				id, stream := s.existing(r, f, "childcare")
				c := childcare.File{FiledOn: f.day("/filed_on", b.FiledOn), FilingNumber: f.name("/filing_number", b.FilingNumber, 100, false)}
				return plain(childcares, stream, id, c.FiledOn, func() any { return c })
			}),
		define("open-places", "/childcare/{childcare}/open-places", "Open places",
			func(s *server, r request, b openPlaces, f *fields) *prepared {
				id, stream := s.existing(r, f, "childcare")
				c := childcare.OpenPlaces{Places: b.Places, InclusivePlaces: b.InclusivePlaces, OpenedOn: f.day("/opened_on", b.OpenedOn)}
				return plain(childcares, stream, id, c.OpenedOn, func() any { return c })
			}),
		define("close-places", "/childcare/{childcare}/close-places", "Give places up",
			func(s *server, r request, b closePlaces, f *fields) *prepared {
				id, stream := s.existing(r, f, "childcare")
				c := childcare.ClosePlaces{Places: b.Places, InclusivePlaces: b.InclusivePlaces, ClosedOn: f.day("/closed_on", b.ClosedOn)}
				return plain(childcares, stream, id, c.ClosedOn, func() any { return c })
			}),
	}
}

type registerChild struct {
	ID           string    `json:"id,omitempty" format:"uuid"`
	Area         string    `json:"area"`
	RegisteredOn string    `json:"registered_on" format:"date"`
	Sex          string    `json:"sex" enum:"male,female"`
	Name         string    `json:"name,omitempty" maxLength:"100" doc:"Sealed"`
	IDNumber     string    `json:"id_number,omitempty" doc:"Sealed; unique"`
	BornOn       string    `json:"born_on" format:"date" doc:"Sealed"`
	Guardian     *guardian `json:"guardian,omitempty" doc:"Sealed under the guardian's own key"`
}

type guardian struct {
	Name  string `json:"name,omitempty" maxLength:"100"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
}

type enrolChild struct {
	ID         string `json:"id,omitempty" format:"uuid"`
	Childcare  string `json:"childcare" format:"uuid"`
	Class      string `json:"class" enum:"infant,toddler,junior,mixed"`
	EnrolledOn string `json:"enrolled_on" format:"date"`
	Report     bool   `json:"report,omitempty" doc:"It has already happened: recorded with doubts instead of refused"`
}

type withdrawChild struct {
	WithdrawnOn string `json:"withdrawn_on" format:"date"`
	Reason      string `json:"reason" enum:"age,moved,other"`
}

func childCommands() []spec {
	return []spec{
		define("register-child", "/children", "Enter a child under 3 on the register", prepareRegisterChild),
		define("enrol-child", "/children/{child}/enrolments", "Give a child a place",
			func(s *server, r request, b enrolChild, f *fields) *prepared {
				id, stream := s.existing(r, f, "child")
				into := f.id("/childcare", b.Childcare)
				q := enrolment.Request{
					Context: r.Context, Child: id, ChildStream: stream, Childcare: into,
					ChildcareStream: command.StreamName("childcare", s.Plan.Prefecture, into),
					Enrolment:       fresh(r, f, "/id", b.ID, "enrolment"), Class: child.Class(b.Class),
					On: f.day("/enrolled_on", b.EnrolledOn), Field: "/enrolled_on", Report: b.Report,
				}
				return process(children, stream, q.Enrolment, func(ctx context.Context) command.Outcome { return s.Enrolment.Enrol(ctx, q) })
			}),
		define("withdraw-child", "/children/{child}/enrolments/{enrolment}/withdrawal", "End an enrolment",
			func(s *server, r request, b withdrawChild, f *fields) *prepared {
				_, stream := s.existing(r, f, "child")
				q := enrolment.WithdrawRequest{
					Context: r.Context, ChildStream: stream, Enrolment: f.id("/target/enrolment", r.target["enrolment"]),
					On: f.day("/withdrawn_on", b.WithdrawnOn), Reason: child.WithdrawalReason(b.Reason),
				}
				return process(children, stream, q.Enrolment, func(ctx context.Context) command.Outcome { return s.Enrolment.Withdraw(ctx, q) })
			}),
	}
}

func prepareRegisterChild(s *server, r request, b registerChild, f *fields) *prepared {
	id := fresh(r, f, "/id", b.ID, "child")
	stream := command.StreamName("child", s.Plan.Prefecture, id)
	area, on := f.home("/area", b.Area), f.day("/registered_on", b.RegisteredOn)
	f.notBlank("/name", r.members["name"])
	who := f.person(b.Name, b.IDNumber, b.BornOn, b.Sex, "", "")
	var sealed, keeper *event.Sealed
	p := plain(children, stream, id, on, func() any {
		return child.Register{
			Child: id, Area: area, RegisteredOn: on, Sex: child.Sex(b.Sex), Born: who.BornOn, Personal: sealed, Guardian: keeper,
		}
	})
	p.area = area
	p.sealPerson(id, "child", stream, who, &sealed)
	if g := b.Guardian; g != nil {
		g.Name, g.Phone = f.name("/guardian/name", g.Name, 100, false), f.name("/guardian/phone", g.Phone, 40, false)
		p.sealJSON(subjectOf(id, "guardian"), stream+"#guardian", g, &keeper)
	}
	return p
}

type reportFigure struct {
	Area   string  `json:"area"`
	Series string  `json:"series" doc:"e.g. population, population_60_plus, population_under_3"`
	Period string  `json:"period" doc:"2022-11, 2022-Q4, 2022, SY2022 or MCH2022"`
	Value  float64 `json:"value" minimum:"0"`
	Unit   string  `json:"unit" maxLength:"500"`
	Source string  `json:"source" maxLength:"500" doc:"Who says so, or which document"`
	// Confirmed is asked for by the refusals figure-tenfold and figure-period-type.
	Confirmed bool `json:"confirmed,omitempty" doc:"It is right although the value is ten times that of the nearest period, or a tenth of it, or the series was reported for another type of period so far"`
}

type correctFigure struct {
	Value  float64 `json:"value" minimum:"0"`
	Source string  `json:"source" maxLength:"500"`
	Reason string  `json:"reason" maxLength:"500" doc:"Names no person"`

	Confirmed bool `json:"confirmed,omitempty" doc:"The value is right although it is ten times that of the nearest period, or a tenth of it"`
}

func figureCommands() []spec {
	return []spec{
		define("report-figure", "/figures", "Report a number of an office",
			func(s *server, r request, b reportFigure, f *fields) *prepared {
				c := figure.Report{
					Area: f.area("/area", b.Area), Series: f.series("/series", b.Series), Period: b.Period, Value: b.Value,
					Unit: f.name("/unit", b.Unit, 500, true), Source: f.text("/source", b.Source, 500, true), Confirmed: b.Confirmed,
				}
				f.figure(s.Plan, c.Series, c.Unit)
				stream := figureStream(c.Area, c.Series)
				p := plain(figures, stream, figureID(stream, c.Period), calendar.DayOf(r.ReceivedAt), func() any { return c })
				p.area = c.Area
				return p
			}),
		define("correct-figure", "/figures/{area}/{series}/{period}/correction", "Correct a reported number",
			func(s *server, r request, b correctFigure, f *fields) *prepared {
				c := figure.Correct{
					Area: f.area("/target/area", r.target["area"]), Series: f.series("/target/series", r.target["series"]), Period: r.target["period"], Value: b.Value,
					Source: f.text("/source", b.Source, 500, true), Reason: f.text("/reason", b.Reason, 500, true), Confirmed: b.Confirmed,
				}
				stream := figureStream(c.Area, c.Series)
				p := plain(figures, stream, figureID(stream, c.Period), calendar.DayOf(r.ReceivedAt), func() any { return c })
				p.area = c.Area
				return p
			}),
	}
}

func figureStream(area, series string) string { return "figure-" + area + "-" + series }

func figureID(stream, period string) uuid.UUID {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://careledger.dev/figures/"+stream+"/"+period))
}
