package elder_test

import (
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
)

func visit() elder.LogHomeVisit {
	return elder.LogHomeVisit{Visit: id(20), OccurredOn: day(2022, 11, 28), Mode: elder.AtHome, Outcome: elder.Seen, Note: sealed("note")}
}

func logged() elder.HomeVisitLogged {
	return elder.HomeVisitLogged{
		Elder: id(1), Visit: id(20), OccurredOn: day(2022, 11, 28), Mode: elder.AtHome, Outcome: elder.Seen, Note: sealed("note"),
	}
}

func takenBack() elder.HomeVisitEnteredInError {
	return elder.HomeVisitEnteredInError{Elder: id(1), Visit: id(20), WasOn: day(2022, 11, 28), Reason: sealed("why")}
}

func logging() []row {
	given := []event.Event{registered()}
	with := func(change func(*elder.LogHomeVisit)) elder.LogHomeVisit { c := visit(); change(&c); return c }
	return []row{
		{Behaviour: "a visit is logged", Given: given, When: visit(), Then: []event.Event{logged()}},
		{
			Behaviour: "a visit from before the registration is logged", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.OccurredOn = day(2021, 12, 31) }),
			Then: []event.Event{func() elder.HomeVisitLogged { e := logged(); e.OccurredOn = day(2021, 12, 31); return e }()},
		},
		{
			Behaviour: "a visit on the first day of the month of birth is logged, the day of birth being sealed", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.OccurredOn = day(1948, 3, 1) }),
			Then: []event.Event{func() elder.HomeVisitLogged { e := logged(); e.OccurredOn = day(1948, 3, 1); return e }()},
		},
		{
			Behaviour: "no visit is before the month of birth", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.OccurredOn = day(1948, 2, 29) }), Refused: elder.ErrVisitBeforeBirth.At("/occurred_on"),
		},
		{
			Behaviour: "no visit is in the future", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.OccurredOn = today + 2 }), Refused: elder.ErrInTheFuture.At("/occurred_on"),
		},
		{
			Behaviour: "a visit has a day", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.OccurredOn = 0 }), Refused: elder.ErrDayMissing.At("/occurred_on"),
		},
		{
			Behaviour: "a visit is made in a known way", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.Mode = "letter" }), Refused: elder.ErrUnknownWord.At("/mode"),
		},
		{
			Behaviour: "a visit has a known outcome", Given: given,
			When: with(func(c *elder.LogHomeVisit) { c.Outcome = "" }), Refused: elder.ErrUnknownWord.At("/outcome"),
		},
		{Behaviour: "a visit id is used once", Given: after(given, logged()), When: visit(), Refused: elder.ErrVisitLogged},
		{
			Behaviour: "the id of a visit entered in error is not used again", Given: after(given, logged(), takenBack()),
			When: visit(), Refused: elder.ErrVisitLogged,
		},
	}
}

func correcting() []row {
	given := []event.Event{registered(), logged()}
	correct := elder.CorrectHomeVisit{
		Visit: id(20), OccurredOn: day(2022, 10, 28), Mode: elder.ByTelephone, Outcome: elder.Absent, Reason: sealed("why"),
	}
	corrected := elder.HomeVisitCorrected{
		Elder: id(1), Visit: id(20), WasOn: day(2022, 11, 28), OccurredOn: day(2022, 10, 28), Mode: elder.ByTelephone,
		Outcome: elder.Absent, Reason: sealed("why"),
	}
	again := correct
	again.OccurredOn = day(2022, 10, 1)
	correctedAgain := corrected
	correctedAgain.WasOn, correctedAgain.OccurredOn = day(2022, 10, 28), day(2022, 10, 1)
	with := func(change func(*elder.CorrectHomeVisit)) elder.CorrectHomeVisit { c := correct; change(&c); return c }
	return []row{
		{Behaviour: "a correction names the day that held until now", Given: given, When: correct, Then: []event.Event{corrected}},
		{
			Behaviour: "a second correction names the day of the first", Given: after(given, corrected),
			When: again, Then: []event.Event{correctedAgain},
		},
		{Behaviour: "a visit that is not logged is not corrected", Given: given[:1], When: correct, Refused: elder.ErrVisitNotFound},
		{
			Behaviour: "a visit entered in error is not corrected any more", Given: after(given, takenBack()),
			When: correct, Refused: elder.ErrVisitInError,
		},
		{
			Behaviour: "a correction has a reason", Given: given,
			When: with(func(c *elder.CorrectHomeVisit) { c.Reason = nil }), Refused: elder.ErrReasonMissing.At("/reason"),
		},
		{
			Behaviour: "no visit is corrected into the future", Given: given,
			When: with(func(c *elder.CorrectHomeVisit) { c.OccurredOn = today + 2 }), Refused: elder.ErrInTheFuture.At("/occurred_on"),
		},
		{
			Behaviour: "no visit is corrected to a day before birth", Given: given,
			When: with(func(c *elder.CorrectHomeVisit) { c.OccurredOn = day(1948, 2, 29) }), Refused: elder.ErrVisitBeforeBirth.At("/occurred_on"),
		},
	}
}

func takingBack() []row {
	given := []event.Event{registered(), logged()}
	takeBack := elder.EnterHomeVisitInError{Visit: id(20), Reason: sealed("why")}
	return []row{
		{Behaviour: "a visit that never was is taken back", Given: given, When: takeBack, Then: []event.Event{takenBack()}},
		{Behaviour: "a visit that is not logged is not taken back", Given: given[:1], When: takeBack, Refused: elder.ErrVisitNotFound},
		{Behaviour: "a visit is taken back once", Given: after(given, takenBack()), When: takeBack, Refused: elder.ErrVisitInError},
		{
			Behaviour: "taking back has a reason", Given: given,
			When: elder.EnterHomeVisitInError{Visit: id(20)}, Refused: elder.ErrReasonMissing.At("/reason"),
		},
	}
}
