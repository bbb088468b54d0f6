package standing

import (
	"slices"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/fault"
)

// The refusals of records. They are reports of what is so or was so: none is refused because it overlaps another.
var (
	ErrUnknownStanding = fault.New(fault.Invalid, "unknown-standing", "该类对象没有这种资质或状态，请从 /docs 所列的取值中选择。", "There is no such standing for this kind of subject; /docs lists them.")
	ErrUnknownActivity = fault.New(fault.Invalid, "unknown-activity", "该类对象没有这种活动，请从 /docs 所列的取值中选择。", "There is no such activity for this kind of subject; /docs lists them.")
	ErrDayMissing      = fault.New(fault.Invalid, "day-missing", "请填写日期。", "A day is needed.")
	ErrInTheFuture     = fault.New(fault.Invalid, "in-the-future", "日期在未来，最多可提前一天，请核对。", "The day lies in the future; at most one day ahead is taken. Check it.")
	ErrTooEarly        = fault.New(fault.Invalid, "before-registration", "日期早于登记日期（人员为出生月份），请核对。", "The day is before the registration (for a person, before the month of birth); check it.")
	ErrTooLate         = fault.New(fault.Invalid, "after-the-end", "日期晚于关闭、离职或去世之日，请核对。", "The day is after the subject was closed, left or died; check it.")
	ErrUntilMissing    = fault.New(fault.Invalid, "until-missing", "证书须填写有效期截止日。", "A certificate expires: say until when it is valid.")
	ErrUntilTooEarly   = fault.New(fault.Invalid, "until-before-effective", "截止日早于生效日，请核对。", "The last day is before the first; check both.")
	ErrIDMissing       = fault.New(fault.Invalid, "id-missing", "编号不能为空或全零。", "The id must not be empty or all zeros.")
	ErrRecordExists    = fault.New(fault.Refused, "record-exists", "该记录编号已使用，请换一个新编号。", "This record id is used already; send a new one.")
	ErrRecordNotFound  = fault.New(fault.NotFound, "record-not-found", "没有这条记录，请核对编号。", "There is no record with this id; check it.")
	ErrRecordInError   = fault.New(fault.Refused, "record-entered-in-error", "该记录已作废；如有需要请重新登记。", "This record was entered in error already; record it anew if need be.")
	ErrNotInForce      = fault.New(fault.Refused, "standing-not-in-force", "该记录在这一天并不生效（尚未生效、已到期、已终止或已被新记录取代），请核对。", "This record does not hold on that day: it had not begun, had lapsed or ended, or a newer one holds; check both.")
	ErrUnknownCommand  = fault.New(fault.Invalid, "unknown-command", "无法识别的指令。", "This command is not known.")
)

// Command is one of the commands of any subject's stream.
type Command interface{ standingCommand() }

// RecordStanding reports that a standing holds from EffectiveOn on, to Until (0: without an end so far).
type RecordStanding struct {
	Standing           string
	Record             uuid.UUID
	EffectiveOn, Until calendar.Day
}

// EndStanding reports that a standing holds no more from EndedOn on. Of is the record that held until then.
type EndStanding struct {
	Of, Record uuid.UUID
	EndedOn    calendar.Day
}

// LogActivity reports that something happened.
type LogActivity struct {
	Activity   string
	Record     uuid.UUID
	OccurredOn calendar.Day
}

// EnterInError takes a wrong record back, with what it brought along: its ends, and its Companion.
type EnterInError struct {
	Record uuid.UUID
	Reason *event.Sealed
}

func (RecordStanding) standingCommand() {}
func (EndStanding) standingCommand()    {}
func (LogActivity) standingCommand()    {}
func (EnterInError) standingCommand()   {}

// Decide answers the events of a command, or a refusal.
func Decide(who Subject, s State, c Command, today calendar.Day) ([]event.Event, error) {
	switch c := c.(type) {
	case RecordStanding:
		return recordStanding(who, s, c, today)
	case EndStanding:
		return endStanding(who, s, c, today)
	case LogActivity:
		return logActivity(who, s, c, today)
	case EnterInError:
		return enterInError(who, s, c)
	}
	return nil, ErrUnknownCommand
}

func recordStanding(who Subject, s State, c RecordStanding, today calendar.Day) ([]event.Event, error) {
	words := WordsOf(who.Kind)
	certificate := slices.Contains(words.Certificates, c.Standing)
	if !slices.Contains(words.Standings, c.Standing) {
		return nil, ErrUnknownStanding.At("/standing")
	}
	if err := s.fresh(c.Record); err != nil {
		return nil, err
	}
	if certificate { // it may have been issued before
		who.Since = min(who.Since, c.EffectiveOn)
	}
	if err := who.dated(c.EffectiveOn, today, "/effective_on"); err != nil {
		return nil, err
	}
	switch {
	case certificate && c.Until == 0:
		return nil, ErrUntilMissing.At("/until")
	case c.Until != 0 && c.Until < c.EffectiveOn:
		return nil, ErrUntilTooEarly.At("/until")
	}
	return []event.Event{Recorded{
		Subject: who.ID, Kind: who.Kind, Standing: c.Standing, Record: c.Record, EffectiveOn: c.EffectiveOn, Until: c.Until,
	}}, nil
}

func endStanding(who Subject, s State, c EndStanding, today calendar.Day) ([]event.Event, error) {
	was, err := s.standing(c.Of, Begin)
	if err != nil {
		return nil, err
	}
	if err := s.fresh(c.Record); err != nil {
		return nil, err
	}
	if err := who.dated(c.EndedOn, today, "/ended_on"); err != nil {
		return nil, err
	}
	if r, holds := s.InForce(who.Kind, was.Word, c.EndedOn); !holds || r.ID != was.ID {
		return nil, ErrNotInForce.At("/ended_on")
	}
	return []event.Event{Ended{
		Subject: who.ID, Kind: who.Kind, Standing: was.Word, Record: c.Record, Ends: was.ID, EndedOn: c.EndedOn,
	}}, nil
}

func logActivity(who Subject, s State, c LogActivity, today calendar.Day) ([]event.Event, error) {
	if !slices.Contains(WordsOf(who.Kind).Activities, c.Activity) {
		return nil, ErrUnknownActivity.At("/activity")
	}
	if err := s.fresh(c.Record); err != nil {
		return nil, err
	}
	if err := who.dated(c.OccurredOn, today, "/occurred_on"); err != nil {
		return nil, err
	}
	return []event.Event{Logged{Subject: who.ID, Kind: who.Kind, Activity: c.Activity, Record: c.Record, OccurredOn: c.OccurredOn}}, nil
}

func enterInError(who Subject, s State, c EnterInError) ([]event.Event, error) {
	was, err := s.standing(c.Record, 0)
	if err != nil {
		return nil, err
	}
	events := []event.Event{EnteredInError{Subject: who.ID, Kind: who.Kind, Record: was.ID, WasOn: was.On, Reason: c.Reason}}
	gone := []uuid.UUID{was.ID, Companion(was.ID)}
	for _, r := range s.Records {
		if !r.InError && r.ID != was.ID && (slices.Contains(gone, r.ID) || slices.Contains(gone, r.Ends)) {
			events = append(events, EnteredInError{Subject: who.ID, Kind: who.Kind, Record: r.ID, WasOn: r.On})
		}
	}
	return events, nil
}

// fresh refuses an id that is none or is used.
func (s State) fresh(id uuid.UUID) error {
	if id == uuid.Nil {
		return ErrIDMissing.At("/id")
	}
	if _, used := s.Find(id); used {
		return ErrRecordExists.At("/id")
	}
	return nil
}

// standing answers a record that stands, of one form (0: of any).
func (s State) standing(id uuid.UUID, form Form) (Record, error) {
	r, found := s.Find(id)
	switch {
	case !found, form != 0 && r.Form != form:
		return r, ErrRecordNotFound
	case r.InError:
		return r, ErrRecordInError
	}
	return r, nil
}

// dated refuses a missing day, one more than a day ahead, and one that the subject has no records of.
func (who Subject) dated(on, today calendar.Day, pointer string) error {
	switch {
	case on == 0:
		return ErrDayMissing.At(pointer)
	case on > today+1:
		return ErrInTheFuture.At(pointer)
	case on < who.Since:
		return ErrTooEarly.At(pointer)
	case who.Last != 0 && on > who.Last:
		return ErrTooLate.At(pointer)
	}
	return nil
}
