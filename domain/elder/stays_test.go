package elder_test

import (
	"testing"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
)

// Stay 30 in institution 40 from 1 June 2022 on; 41 is another institution, 31 another stay.
func admitted(doubts ...string) elder.Admitted {
	return elder.Admitted{
		Elder: id(1), Stay: id(30), Institution: id(40), InstitutionArea: "532601002", AdmittedOn: day(2022, 6, 1),
		Doubts: event.Doubts{Doubts: doubts},
	}
}

func transferred() elder.Transferred {
	return elder.Transferred{
		Elder: id(1), Stay: id(30), From: id(40), FromArea: "532601002", Institution: id(41), InstitutionArea: "532622100",
		TransferredOn: day(2022, 7, 1),
	}
}

func discharged() elder.Discharged {
	return elder.Discharged{
		Elder: id(1), Stay: id(30), Institution: id(40), InstitutionArea: "532601002", DischargedOn: day(2022, 9, 1), Reason: elder.ToHome,
	}
}

func abandoned() elder.AdmissionAbandoned {
	return elder.AdmissionAbandoned{Elder: id(1), Stay: id(30), Institution: id(40)}
}

func admit(change func(*elder.Admit)) elder.Admit {
	c := elder.Admit{Stay: id(30), Institution: id(40), InstitutionArea: "532601002", AdmittedOn: day(2022, 6, 1)}
	change(&c)
	return c
}

func asked(*elder.Admit)      {}
func reported(c *elder.Admit) { c.Report = true }

// another admission, of stay 31 into institution 41.
func another(on calendar.Day, report bool, doubts ...string) elder.Admit {
	return elder.Admit{
		Stay: id(31), Institution: id(41), InstitutionArea: "532622100", AdmittedOn: on, Report: report, Doubts: doubts,
	}
}

func anotherAdmitted(on calendar.Day, doubts ...string) []event.Event {
	return []event.Event{elder.Admitted{
		Elder: id(1), Stay: id(31), Institution: id(41), InstitutionArea: "532622100", AdmittedOn: on, Doubts: event.Doubts{Doubts: doubts},
	}}
}

func admitting() []row {
	given := []event.Event{registered()}
	in := after(given, admitted())
	out := after(in, discharged())
	return []row{
		{Behaviour: "an elder is admitted", Given: given, When: admit(asked), Then: []event.Event{admitted()}},
		{
			Behaviour: "the institution's doubts are recorded", Given: given,
			When: admit(func(c *elder.Admit) { c.Report, c.Doubts = true, []string{"no-vacant-bed"} }), Then: []event.Event{admitted("no-vacant-bed")},
		},
		{Behaviour: "an elder with a current stay is not admitted", Given: in, When: another(day(2022, 8, 1), false), Refused: elder.ErrAlreadyAdmitted},
		{
			Behaviour: "a report of a second stay is recorded with a doubt, after those of the institution", Given: in,
			When: another(day(2022, 8, 1), true, "no-vacant-bed"), Then: anotherAdmitted(day(2022, 8, 1), "no-vacant-bed", "already-admitted"),
		},
		{Behaviour: "on the day of discharge an elder may be admitted elsewhere", Given: out, When: another(day(2022, 9, 1), false), Then: anotherAdmitted(day(2022, 9, 1))},
		{Behaviour: "no admission is before the end of an earlier stay", Given: out, When: another(day(2022, 8, 31), false), Refused: elder.ErrOverlappingStay},
		{
			Behaviour: "a report of an admission before the end of an earlier stay is doubted", Given: out,
			When: another(day(2022, 8, 31), true), Then: anotherAdmitted(day(2022, 8, 31), "overlapping-stay"),
		},
		{Behaviour: "an abandoned admission is refused", Given: after(given, abandoned()), When: admit(asked), Refused: elder.ErrAdmissionAbandoned},
		{Behaviour: "an abandoned admission is refused as a report too", Given: after(given, abandoned()), When: admit(reported), Refused: elder.ErrAdmissionAbandoned},
		{
			Behaviour: "another stay into the same institution is not abandoned", Given: after(given, abandoned()),
			When: another(day(2022, 8, 1), false), Then: anotherAdmitted(day(2022, 8, 1)),
		},
		{Behaviour: "a stay id is used once", Given: in, When: admit(asked), Refused: elder.ErrStayExists},
		{Behaviour: "a stay id is used once by reports too", Given: out, When: admit(reported), Refused: elder.ErrStayExists},
		{
			Behaviour: "the month of birth itself is not before it", Given: given,
			When: admit(func(c *elder.Admit) { c.AdmittedOn = day(1948, 3, 1) }),
			Then: []event.Event{func() elder.Admitted { e := admitted(); e.AdmittedOn = day(1948, 3, 1); return e }()},
		},
		{
			Behaviour: "nobody is admitted before the month of birth, reported or not", Given: given,
			When: admit(func(c *elder.Admit) { c.Report, c.AdmittedOn = true, day(1948, 2, 29) }), Refused: elder.ErrAdmitBeforeBirth.At("/admitted_on"),
		},
		{
			Behaviour: "nobody is admitted in the future, reported or not", Given: given,
			When: admit(func(c *elder.Admit) { c.Report, c.AdmittedOn = true, today+2 }), Refused: elder.ErrInTheFuture.At("/admitted_on"),
		},
	}
}

func transferring() []row {
	in := []event.Event{registered(), admitted()}
	move := elder.Transfer{Stay: id(30), Institution: id(41), InstitutionArea: "532622100", TransferredOn: day(2022, 7, 1)}
	with := func(change func(*elder.Transfer)) elder.Transfer { c := move; change(&c); return c }
	back := with(func(c *elder.Transfer) {
		c.Institution, c.InstitutionArea, c.TransferredOn = id(40), "532601002", day(2022, 8, 1)
	})
	return []row{
		{Behaviour: "a stay goes on in another institution", Given: in, When: move, Then: []event.Event{transferred()}},
		{
			Behaviour: "a reported transfer carries the institution's doubts", Given: in,
			When: with(func(c *elder.Transfer) { c.Report, c.Doubts = true, []string{"no-vacant-bed"} }),
			Then: []event.Event{func() elder.Transferred { e := transferred(); e.Doubts.Doubts = []string{"no-vacant-bed"}; return e }()},
		},
		{
			Behaviour: "a stay may come back", Given: after(in, transferred()), When: back,
			Then: []event.Event{elder.Transferred{
				Elder: id(1), Stay: id(30), From: id(41), FromArea: "532622100", Institution: id(40), InstitutionArea: "532601002",
				TransferredOn: day(2022, 8, 1),
			}},
		},
		{Behaviour: "nobody is transferred without a stay", Given: in[:1], When: move, Refused: elder.ErrNotAdmitted},
		{Behaviour: "an ended stay is not transferred", Given: after(in, discharged()), When: move, Refused: elder.ErrNotAdmitted},
		{Behaviour: "a stay is not transferred to where it is", Given: after(in, transferred()), When: move, Refused: elder.ErrSameInstitution},
		{
			Behaviour: "a transfer may be on the day of the admission", Given: in,
			When: with(func(c *elder.Transfer) { c.TransferredOn = day(2022, 6, 1) }),
			Then: []event.Event{func() elder.Transferred { e := transferred(); e.TransferredOn = day(2022, 6, 1); return e }()},
		},
		{
			Behaviour: "no transfer is before the admission", Given: in,
			When: with(func(c *elder.Transfer) { c.TransferredOn = day(2022, 5, 31) }), Refused: elder.ErrTransferTooEarly.At("/transferred_on"),
		},
		{
			Behaviour: "no transfer is before the one before it", Given: after(in, transferred()),
			When: elder.Transfer{Stay: id(30), Institution: id(40), TransferredOn: day(2022, 6, 30)}, Refused: elder.ErrTransferTooEarly.At("/transferred_on"),
		},
		{
			Behaviour: "nobody is transferred in the future", Given: in,
			When: with(func(c *elder.Transfer) { c.TransferredOn = today + 2 }), Refused: elder.ErrInTheFuture.At("/transferred_on"),
		},
		{
			Behaviour: "an abandoned transfer is refused as a report too",
			Given:     after(in, elder.AdmissionAbandoned{Elder: id(1), Stay: id(30), Institution: id(41)}),
			When:      with(func(c *elder.Transfer) { c.Report = true }), Refused: elder.ErrAdmissionAbandoned,
		},
	}
}

func discharging() []row {
	in := []event.Event{registered(), admitted()}
	leave := elder.Discharge{Stay: id(30), DischargedOn: day(2022, 9, 1), Reason: elder.ToHome}
	with := func(change func(*elder.Discharge)) elder.Discharge { c := leave; change(&c); return c }
	return []row{
		{Behaviour: "a stay ends", Given: in, When: leave, Then: []event.Event{discharged()}},
		{
			Behaviour: "a stay ends where it last was", Given: after(in, transferred()), When: leave,
			Then: []event.Event{elder.Discharged{
				Elder: id(1), Stay: id(30), Institution: id(41), InstitutionArea: "532622100", DischargedOn: day(2022, 9, 1), Reason: elder.ToHome,
			}},
		},
		{
			Behaviour: "of two reported stays each ends by itself",
			Given:     after(in, append(anotherAdmitted(day(2022, 8, 1), "already-admitted"), discharged())...),
			When:      elder.Discharge{Stay: id(31), DischargedOn: day(2022, 9, 1), Reason: elder.ByDeath},
			Then: []event.Event{elder.Discharged{
				Elder: id(1), Stay: id(31), Institution: id(41), InstitutionArea: "532622100", DischargedOn: day(2022, 9, 1), Reason: elder.ByDeath,
			}},
		},
		{Behaviour: "nobody is discharged without a stay", Given: in[:1], When: leave, Refused: elder.ErrNotAdmitted},
		{Behaviour: "a stay ends once", Given: after(in, discharged()), When: leave, Refused: elder.ErrAlreadyDischarged},
		{
			Behaviour: "a stay may end on its first day", Given: in,
			When: with(func(c *elder.Discharge) { c.DischargedOn = day(2022, 6, 1) }),
			Then: []event.Event{func() elder.Discharged { e := discharged(); e.DischargedOn = day(2022, 6, 1); return e }()},
		},
		{
			Behaviour: "no discharge is before the admission", Given: in,
			When: with(func(c *elder.Discharge) { c.DischargedOn = day(2022, 5, 31) }), Refused: elder.ErrDischargeTooEarly.At("/discharged_on"),
		},
		{
			Behaviour: "nobody is discharged in the future", Given: in,
			When: with(func(c *elder.Discharge) { c.DischargedOn = today + 2 }), Refused: elder.ErrInTheFuture.At("/discharged_on"),
		},
		{
			Behaviour: "a discharge has a known reason", Given: in,
			When: with(func(c *elder.Discharge) { c.Reason = "" }), Refused: elder.ErrUnknownWord.At("/reason"),
		},
	}
}

func abandoning() []row {
	given := []event.Event{registered()}
	in := after(given, admitted())
	giveUp := elder.AbandonAdmission{Stay: id(30), Institution: id(40)}
	return []row{
		{Behaviour: "an admission that never came is given up", Given: given, When: giveUp, Then: []event.Event{abandoned()}},
		{Behaviour: "it is given up once", Given: after(given, abandoned()), When: giveUp, Refused: elder.ErrAlreadyAbandoned},
		{Behaviour: "a committed admission is not given up", Given: in, When: giveUp, Refused: elder.ErrAdmissionCommitted},
		{
			Behaviour: "a transfer that never came is given up", Given: in, When: elder.AbandonAdmission{Stay: id(30), Institution: id(41)},
			Then: []event.Event{elder.AdmissionAbandoned{Elder: id(1), Stay: id(30), Institution: id(41)}},
		},
		{
			Behaviour: "a committed transfer is not given up", Given: after(in, transferred()),
			When: elder.AbandonAdmission{Stay: id(30), Institution: id(41)}, Refused: elder.ErrAdmissionCommitted,
		},
		{
			Behaviour: "a way back that hangs is given up, though the stay was there before", Given: after(in, transferred()),
			When: giveUp, Then: []event.Event{abandoned()},
		},
	}
}

func TestTheCurrentStayIsTheOneThatBeganLast(t *testing.T) {
	d := elder.Decider()
	if _, ok := d.Zero().Current(); ok {
		t.Fatal("a current stay out of nothing")
	}
	stay := func(n int, on calendar.Day) event.Event {
		return elder.Admitted{Elder: id(1), Stay: id(n), Institution: id(40), AdmittedOn: on}
	}
	for _, c := range []struct {
		behaviour string
		history   []event.Event
	}{
		{"the later one", []event.Event{stay(32, day(2022, 6, 1)), stay(31, day(2022, 8, 1)), stay(30, day(2022, 7, 1))}},
		{"of one day's the greatest id", []event.Event{stay(30, day(2022, 8, 1)), stay(31, day(2022, 8, 1)), stay(29, day(2022, 8, 1))}},
		{"one that has ended is none", []event.Event{stay(31, day(2022, 8, 1)), stay(30, day(2022, 9, 1)), discharged()}},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			for range 20 { // a map has no order of its own
				s := d.Zero()
				for _, e := range c.history {
					s = d.Evolve(s, e)
				}
				if stay, ok := s.Current(); !ok || stay != id(31) {
					t.Fatalf("the current stay is %s, %t", stay, ok)
				}
			}
		})
	}
}
