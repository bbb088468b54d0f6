package httpapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/idnumber"
	"github.com/careledger/careledger/projections/registers"
)

// Elder is a line of the register with the personal values that the caller may see.
type Elder struct {
	ID             uuid.UUID      `json:"id" format:"uuid"`
	Area           string         `json:"area"`
	AreaName       string         `json:"area_name"`
	Name           string         `json:"name"`
	IDNumberMasked string         `json:"id_number_masked"`
	Sex            string         `json:"sex"`
	BirthMonth     calendar.Month `json:"birth_month"`
	Circumstances  []string       `json:"circumstances"`
	LastVisitOn    *calendar.Day  `json:"last_visit_on"`
	Revision       string         `json:"revision"`
	Visits         []Visit        `json:"visits,omitempty"`
}

// Visit is a contact as it stands now.
type Visit struct {
	ID             uuid.UUID    `json:"id" format:"uuid"`
	OccurredOn     calendar.Day `json:"occurred_on"`
	Mode           string       `json:"mode"`
	Outcome        string       `json:"outcome"`
	EnteredInError bool         `json:"entered_in_error"`
}

type eldersInput struct {
	Area   string `query:"area"`
	Limit  string `query:"limit" doc:"1 to 200; 50 when absent"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Q      string `query:"q" doc:"An exact name or ID number"`
}

// EldersBody is a page of the register.
type EldersBody struct {
	Items []Elder `json:"items"`
	Next  string  `json:"next"`
	Total uint64  `json:"total"`
}

func (s *server) elders(ctx context.Context, who access.Principal, in *eldersInput) (*answer[EldersBody], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	if !access.Allows(who, access.ReadPeople, s.path(code)) {
		return nil, errForbidden
	}
	limit := 50
	if in.Limit != "" {
		if limit, err = strconv.Atoi(in.Limit); err != nil || limit < 1 || limit > 200 {
			return nil, errNumberRange.At("/limit")
		}
	}
	areas := within(s.Areas, code)
	if strings.TrimSpace(in.Q) != "" {
		return s.find(ctx, in.Q, areas, limit)
	}
	after, err := s.readCursor(in.Cursor, code)
	if err != nil {
		return nil, err
	}
	page, err := s.Registers.Elders(ctx, s.Plan.Prefecture, areas, after, limit)
	if err != nil {
		return nil, err
	}
	body := EldersBody{Items: make([]Elder, len(page.Items)), Total: page.Total}
	for i, line := range page.Items {
		if body.Items[i], _, err = s.describe(ctx, line); err != nil {
			return nil, err
		}
	}
	if len(page.Items) == limit {
		body.Next = s.cursor(page.Items[limit-1].ID, code)
	}
	return &answer[EldersBody]{body}, nil
}

// find looks an exact name or ID number up in the vault's blind indexes.
func (s *server) find(ctx context.Context, text string, areas []string, limit int) (*answer[EldersBody], error) {
	var holders []string
	var err error
	if n, bad := idnumber.Parse(text); bad == nil {
		holder, found, err := s.Sealer.Holder(ctx, claimIDNumber, n.Text)
		if err != nil {
			return nil, err
		}
		if found {
			holders = []string{holder}
		}
	} else if holders, err = s.Sealer.Find(ctx, indexName, text, limit); err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, holder := range holders {
		if id, err := uuid.Parse(holder[max(0, len(holder)-36):]); err == nil && strings.HasPrefix(holder, "elder-") {
			ids = append(ids, id)
		}
	}
	body := EldersBody{Items: []Elder{}}
	if len(ids) == 0 {
		return &answer[EldersBody]{body}, nil
	}
	lines, err := s.Registers.EldersByID(ctx, s.Plan.Prefecture, ids)
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		if !slices.Contains(areas, line.Area) {
			continue
		}
		e, _, err := s.describe(ctx, line)
		if err != nil {
			return nil, err
		}
		body.Items = append(body.Items, e)
	}
	body.Total = uint64(len(body.Items))
	return &answer[EldersBody]{body}, nil
}

// describe adds what only the elder's own stream and the vault know.
func (s *server) describe(ctx context.Context, line registers.Elder) (Elder, elder.State, error) {
	stream := command.StreamName("elder", s.Plan.Prefecture, line.ID)
	e := Elder{
		ID: line.ID, Area: line.Area, Sex: line.Sex, BirthMonth: line.BirthMonth, Circumstances: line.Circumstances,
	}
	if e.Circumstances == nil {
		e.Circumstances = []string{}
	}
	if a, ok := s.Areas.Find(line.Area); ok {
		e.AreaName = a.Name
	}
	if line.LastVisitOn != 0 {
		e.LastVisitOn = &line.LastVisitOn
	}
	var state elder.State
	err := command.View(ctx, s.Handler, elder.Decider(), stream, func(st elder.State, revision int64) {
		state.Elder, state.Area, state.Personal, state.Sex, state.BirthMonth = st.Elder, st.Area, st.Personal, st.Sex, st.BirthMonth
		state.Circumstances = slices.Clone(st.Circumstances)
		e.Revision = strconv.FormatInt(revision, 10)
		for id, v := range st.Visits {
			e.Visits = append(e.Visits, Visit{ID: id, OccurredOn: v.OccurredOn, Mode: string(v.Mode), Outcome: string(v.Outcome), EnteredInError: v.InError})
		}
	})
	if err != nil || state.Personal == nil {
		return e, state, err
	}
	value, err := s.Sealer.Unseal(ctx, *state.Personal, []byte(stream+"#personal"))
	if errors.Is(err, s.Erased) {
		return e, state, nil
	}
	var p person
	if err == nil {
		err = json.Unmarshal(value, &p)
	}
	e.Name, e.IDNumberMasked = p.Name, idnumber.Mask(p.IDNumber)
	visits := e.Visits
	e.Visits = nil
	slices.SortFunc(visits, func(a, b Visit) int { return int(b.OccurredOn) - int(a.OccurredOn) })
	e.Visits = visits[:min(len(visits), 20)]
	return e, state, err
}

type elderInput struct {
	Elder string `path:"elder"`
}

type elderOutput struct {
	ETag string `header:"ETag"`
	Body Elder
}

func (s *server) elder(ctx context.Context, who access.Principal, in *elderInput) (*elderOutput, error) {
	id, err := uuid.Parse(in.Elder)
	if err != nil {
		return nil, errNoElder
	}
	// The stream answers, not the warehouse: what was just written is there.
	e, state, err := s.describe(ctx, registers.Elder{ID: id})
	switch {
	case err != nil:
		return nil, err
	case !state.Registered():
		return nil, errNoElder
	case !access.Allows(who, access.ReadPeople, s.path(state.Area)):
		return nil, errForbidden
	}
	e.Area, e.Sex, e.BirthMonth, e.Circumstances = state.Area, string(state.Sex), state.BirthMonth, []string{}
	for _, c := range state.Circumstances {
		e.Circumstances = append(e.Circumstances, string(c))
	}
	if a, ok := s.Areas.Find(state.Area); ok {
		e.AreaName = a.Name
	}
	for _, v := range e.Visits {
		if !v.EnteredInError && v.Outcome == string(elder.Seen) {
			e.LastVisitOn = &v.OccurredOn
			break
		}
	}
	return &elderOutput{ETag: strconv.Quote(e.Revision), Body: e}, nil
}

// cursor is where a page ended, signed for its area.
func (s *server) cursor(after uuid.UUID, area string) string {
	text := after.String() + "." + area
	return base64.RawURLEncoding.EncodeToString([]byte(text + "." + s.Sealer.Hash([]byte("cursor/"+text))))
}

func (s *server) readCursor(cursor, area string) (uuid.UUID, error) {
	if cursor == "" {
		return uuid.Nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	id, _, _ := strings.Cut(string(b), ".")
	after, bad := uuid.Parse(id)
	if err != nil || bad != nil || s.cursor(after, area) != cursor {
		return uuid.Nil, errCursor.At("/cursor")
	}
	return after, nil
}
