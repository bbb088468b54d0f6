package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/elder"
	"github.com/careledger/careledger/domain/event"
	"github.com/careledger/careledger/domain/idnumber"
)

// Elder is a line of the register with the personal values that the caller may see. They are empty where the person's
// data has been erased.
type Elder struct {
	ID             uuid.UUID      `json:"id" format:"uuid"`
	Area           string         `json:"area" example:"532601001"`
	AreaName       string         `json:"area_name"`
	Name           string         `json:"name"`
	IDNumberMasked string         `json:"id_number_masked" example:"532601********1234"`
	Sex            string         `json:"sex" enum:"male,female"`
	BirthMonth     calendar.Month `json:"birth_month"`
	Circumstances  []string       `json:"circumstances"`
	LastVisitOn    *calendar.Day  `json:"last_visit_on" doc:"When the elder was last seen; null: never"`
	DiedOn         *calendar.Day  `json:"died_on" doc:"null: the elder is alive, as far as is known"`
	Erased         bool           `json:"erased" doc:"The personal data was erased: name and ID number are gone for ever"`
	MergedInto     *uuid.UUID     `json:"merged_into" format:"uuid" doc:"The registration of the same person that stays; null: this one does"`
	Revision       string         `json:"revision"`
}

// eldersAtOnce bounds how many streams of one page are read beside each other.
const eldersAtOnce = 8

// elder reads an elder's stream: what was just written is there. found is false where nobody is registered.
func (s *server) readElder(ctx context.Context, id uuid.UUID) (e Elder, found bool, err error) {
	stream := command.StreamName("elder", s.Plan.Prefecture, id)
	var sealed *event.Sealed
	err = command.View(ctx, s.Handler, elder.Decider(), stream, func(st elder.State, revision int64) {
		if found = st.Registered(); !found {
			return
		}
		e = Elder{
			ID: id, Area: st.Area, Sex: string(st.Sex), BirthMonth: st.BirthMonth, Circumstances: []string{},
			LastVisitOn: lastSeen(st), Erased: st.Erased, Revision: strconv.FormatInt(revision, 10),
		}
		if into := st.MergedInto; into != uuid.Nil {
			e.MergedInto = &into
		}
		if st.DiedOn != 0 {
			on := st.DiedOn
			e.DiedOn = &on
		}
		for _, c := range st.Circumstances {
			e.Circumstances = append(e.Circumstances, string(c))
		}
		sealed = st.Personal
	})
	if err != nil || !found {
		return e, found, err
	}
	e.AreaName = s.nameOfArea(e.Area)
	return e, true, s.unveil(ctx, &e, sealed, stream)
}

func lastSeen(st elder.State) *calendar.Day {
	var last *calendar.Day
	for _, v := range st.Visits {
		if on := v.OccurredOn; !v.InError && v.Outcome == elder.Seen && (last == nil || on > *last) {
			last = &on
		}
	}
	return last
}

// nameOfArea is the name of an area, of its township for a community.
func (s *server) nameOfArea(code string) string {
	for _, c := range s.path(code) {
		if a, ok := s.Areas.Find(c); ok {
			return a.Name
		}
	}
	return ""
}

// unveil adds the personal values; a person whose data has been erased has none.
func (s *server) unveil(ctx context.Context, e *Elder, sealed *event.Sealed, stream string) error {
	if sealed == nil {
		return nil
	}
	value, err := s.Sealer.Unseal(ctx, *sealed, []byte(stream+"#personal"))
	if errors.Is(err, s.Erased) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("unseal the personal values of %s: %w", stream, err)
	}
	var p identity
	if err := json.Unmarshal(value, &p); err != nil {
		return fmt.Errorf("read the personal values of %s: they are not what was written", stream)
	}
	e.Name, e.IDNumberMasked = p.Name, idnumber.Mask(p.IDNumber)
	return nil
}

type eldersInput struct {
	Area   string `query:"area" doc:"6, 9 or 12 digits; the prefecture when absent" example:"532601001"`
	Limit  string `query:"limit" doc:"1 to 200; 50 when absent" example:"50"`
	Cursor string `query:"cursor" doc:"next of the page before"`
	Q      string `query:"q" doc:"An exact name or ID number"`
}

// EldersBody is a page of the register; Total counts the whole area.
type EldersBody struct {
	Items []Elder `json:"items"`
	Next  string  `json:"next" doc:"Cursor of the next page; empty on the last"`
	Total uint64  `json:"total"`
}

func (s *server) elders(ctx context.Context, who access.Principal, in *eldersInput) (*answer[EldersBody], error) {
	code, err := s.area(in.Area)
	if err != nil {
		return nil, err
	}
	limit, err := limitOf(in.Limit)
	if err != nil {
		return nil, err
	}
	if q := strings.TrimSpace(in.Q); q != "" {
		return s.find(ctx, who, q, code, limit)
	}
	if !access.Allows(who, access.ReadPeople, s.path(code)) {
		return nil, errForbidden
	}
	scope := "elders/" + code
	text, err := s.readCursor(in.Cursor, scope)
	if err != nil {
		return nil, err
	}
	after, err := uuid.Parse(text)
	if err != nil { // the first page
		after = uuid.Nil
	}
	page, err := s.Registers.Elders(ctx, s.Plan.Prefecture, within(s.Areas, code), after, limit)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(page.Items))
	for i, line := range page.Items {
		ids[i] = line.ID
	}
	body := EldersBody{Total: page.Total}
	if body.Items, err = s.readElders(ctx, ids); err != nil {
		return nil, err
	}
	if len(ids) == limit {
		body.Next = s.cursor(ids[limit-1].String(), scope)
	}
	return &answer[EldersBody]{body}, nil
}

// limitOf reads how long a page may be.
func limitOf(text string) (int, error) {
	if text == "" {
		return 50, nil
	}
	limit, err := strconv.Atoi(text)
	if err != nil || limit < 1 || limit > 200 {
		return 0, errNumberRange.At("/limit")
	}
	return limit, nil
}

// readElders reads several, in their order; those who are not registered are left out.
func (s *server) readElders(ctx context.Context, ids []uuid.UUID) ([]Elder, error) {
	all, found := make([]Elder, len(ids)), make([]bool, len(ids))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(eldersAtOnce)
	for i, id := range ids {
		group.Go(func() (err error) {
			all[i], found[i], err = s.readElder(ctx, id)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	items := []Elder{}
	for i, e := range all {
		if found[i] {
			items = append(items, e)
		}
	}
	return items, nil
}

// find looks an exact name or ID number up in the vault's blind indexes, among those whom the caller may see.
func (s *server) find(ctx context.Context, who access.Principal, text, code string, limit int) (*answer[EldersBody], error) {
	holders, err := s.holders(ctx, text, limit)
	if err != nil {
		return nil, err
	}
	var ids []uuid.UUID
	for _, stream := range holders {
		id, known := strings.CutPrefix(stream, "elder-"+s.Plan.Prefecture+"-")
		if id, err := uuid.Parse(id); err == nil && known {
			ids = append(ids, id)
		}
	}
	items, err := s.readElders(ctx, ids)
	if err != nil {
		return nil, err
	}
	items = slices.DeleteFunc(items, func(e Elder) bool {
		path := s.path(e.Area)
		return e.Erased || !slices.Contains(path, code) || !access.Allows(who, access.ReadPeople, path)
	})
	return &answer[EldersBody]{EldersBody{Items: items, Total: uint64(len(items))}}, nil
}

// holders are the streams that bear a name or an ID number. Names are looked for beyond limit, since not every holder
// is in the area asked for.
func (s *server) holders(ctx context.Context, text string, limit int) ([]string, error) {
	n, err := idnumber.Parse(text)
	if err != nil {
		return s.Sealer.Find(ctx, indexName, text, 10*limit)
	}
	holder, found, err := s.Sealer.Holder(ctx, "elder"+claimIDNumber, n.Text)
	if err != nil || !found {
		return nil, err
	}
	return []string{holder}, nil
}
