package httpapi

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
)

// ElderDetail is an elder with the newest visits.
type ElderDetail struct {
	Elder
	Visits []Visit `json:"visits"`
}

// Visit is a contact as it stands now. RecordedAt is when it was first recorded.
type Visit struct {
	ID             uuid.UUID    `json:"id" format:"uuid"`
	OccurredOn     calendar.Day `json:"occurred_on"`
	Mode           string       `json:"mode"`
	Outcome        string       `json:"outcome"`
	RecordedAt     time.Time    `json:"recorded_at"`
	EnteredInError bool         `json:"entered_in_error"`
}

type elderInput struct {
	Elder string `path:"elder" doc:"The elder's id"`
}

type elderOutput struct {
	ETag string `header:"ETag"`
	Body ElderDetail
}

func (s *server) elder(ctx context.Context, who access.Principal, in *elderInput) (*elderOutput, error) {
	id, err := uuid.Parse(in.Elder)
	if err != nil {
		return nil, errID.At("/target/elder")
	}
	e, found, err := s.readElder(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !found:
		return nil, elder.ErrNotRegistered
	case !access.Allows(who, access.ReadPeople, s.path(e.Area)):
		return nil, errForbidden
	}
	history, err := s.History.Load(ctx, command.StreamName("elder", s.Plan.Prefecture, id), 0)
	if err != nil {
		return nil, err
	}
	return &elderOutput{ETag: strconv.Quote(e.Revision), Body: ElderDetail{e, newest(visits(history), 20)}}, nil
}

// visits folds what the stream tells of visits.
func visits(history []event.Recorded) map[uuid.UUID]*Visit {
	all := map[uuid.UUID]*Visit{}
	for _, r := range history {
		switch e := r.Event.(type) {
		case elder.HomeVisitLogged:
			all[e.Visit] = &Visit{
				ID: e.Visit, OccurredOn: e.OccurredOn, Mode: string(e.Mode), Outcome: string(e.Outcome), RecordedAt: r.Metadata.RecordedAt,
			}
		case elder.HomeVisitCorrected:
			if v := all[e.Visit]; v != nil {
				v.OccurredOn, v.Mode, v.Outcome = e.OccurredOn, string(e.Mode), string(e.Outcome)
			}
		case elder.HomeVisitEnteredInError:
			if v := all[e.Visit]; v != nil {
				v.EnteredInError = true
			}
		}
	}
	return all
}

func newest(all map[uuid.UUID]*Visit, limit int) []Visit {
	list := make([]Visit, 0, len(all))
	for _, v := range all {
		list = append(list, *v)
	}
	slices.SortFunc(list, func(a, b Visit) int {
		if a.OccurredOn != b.OccurredOn {
			return int(b.OccurredOn) - int(a.OccurredOn)
		}
		if order := b.RecordedAt.Compare(a.RecordedAt); order != 0 {
			return order
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return list[:min(len(list), limit)]
}
