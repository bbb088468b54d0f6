package httpapi

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/fault"
	"github.com/careledger/careledger/domain/publication"
	sealed "github.com/careledger/careledger/projections/publication"
)

// press seals numbers that it makes up, by the real rules of the stream.
type press struct {
	handler   *command.Handler
	numbers   string // of the next one
	recompute error
	paper     error
	asked     sealed.Content
	printing  chan chan struct{} // where set, a print hands over a channel and waits until it is closed
}

func (p *press) List(ctx context.Context) (all []publication.Sealed, err error) {
	err = command.View(ctx, p.handler, publication.Decider(), publication.Stream("5326"), func(s publication.State, _ int64) { all = append(all, s.All...) })
	return all, err
}

func (p *press) Find(ctx context.Context, idOrMonth string) (publication.Sealed, error) {
	all, err := p.List(ctx)
	for i := len(all) - 1; i >= 0; i-- {
		if s := all[i]; idOrMonth == s.Publication.String() || idOrMonth == s.Period.String() {
			return s, err
		}
	}
	return publication.Sealed{}, errors.Join(sealed.ErrNone, err)
}

func (p *press) Seal(ctx context.Context, month calendar.Month, by command.Context) command.Outcome {
	all, err := p.List(ctx)
	if err != nil {
		return command.Outcome{Err: err}
	}
	id := command.EntityFor(by.ID, "publication")
	s := publication.Sealed{Publication: id, Area: "532600", Period: month, Revision: 1, Position: 7, Cells: 3955, Numbers: p.numbers, Hash: "hash-" + p.numbers}
	if before, revised := (publication.State{All: all}).Newest(month); revised {
		s.Revision, s.Supersedes, s.Changed, s.Late = before.Revision+1, &before.Publication, 3, 17
	}
	return command.Execute(ctx, p.handler, publication.Decider(), publication.Stream("5326"), []command.Item[publication.Command]{{
		Context: by, Entity: id, Command: publication.Seal{Sealed: s},
	}})[0]
}

func (p *press) Document(_ context.Context, s publication.Sealed) ([]byte, error) {
	_, text, err := sealed.Seal(sealed.Content{Format: sealed.Format, Publication: s.Publication, Period: s.Period, Revision: s.Revision}, ed25519.NewKeyFromSeed(make([]byte, 32)))
	return text, err
}

func (p *press) Recompute(ctx context.Context, s publication.Sealed) ([]byte, error) {
	if p.recompute != nil {
		return nil, p.recompute
	}
	return p.Document(ctx, s)
}

func (p *press) PublicKey() (ed25519.PublicKey, error) {
	return ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey), nil
}

func (p *press) PDF(c sealed.Content, hash string) ([]byte, error) {
	if p.printing != nil {
		wait := make(chan struct{})
		p.printing <- wait
		<-wait
	}
	p.asked = c
	return []byte("%PDF " + hash), p.paper
}

func (p *press) XLSX(c sealed.Content, hash string) ([]byte, error) {
	p.asked = c
	return []byte("PK " + hash), nil
}

const november = `{"period":"2022-11"}`

func TestAMonthIsPublished(t *testing.T) {
	d := open(t)
	first := d.tell("/publications", november)
	receipt := first.receipt()
	require.Equal(t, "accepted", receipt.Status)
	require.Equal(t, "publication-5326", receipt.Stream)
	require.Equal(t, `"0"`, first.header.Get("ETag"))
	again := d.ask("POST", "/api/v1/publications", november, "Idempotency-Key", "key-1").receipt()
	require.Equal(t, "duplicate", again.Status)
	require.Equal(t, receipt.ID, again.ID)
	require.Equal(t, "publication-unchanged", d.tell("/publications", november).problem().Code)

	d.press.numbers = "late"
	second := d.tell("/publications", november, "Authorization", "Bearer "+supervisorToken).receipt()
	items := decoded[list[Publication]](d.ask("GET", "/api/v1/publications", "", "Authorization", "Bearer "+analystToken)).Items
	require.Len(t, items, 2)
	require.Equal(t, second.ID, items[0].ID, "the newest first")
	require.Equal(t, Publication{ID: second.ID, Period: "2022-11", Revision: 2, Position: 7, Hash: "hash-late", Cells: 3955, Supersedes: &receipt.ID, ChangedCells: 3, LateEvents: 17}, items[0])
	require.Equal(t, second.ID, *items[1].SupersededBy)
	require.Nil(t, items[0].SupersededBy)
}

func TestWhoPublishes(t *testing.T) {
	d := open(t)
	for token, status := range map[string]int{
		analystToken: http.StatusForbidden, caseworkerToken: http.StatusForbidden, countySupervisorToken: http.StatusForbidden, "": http.StatusUnauthorized,
		supervisorToken: http.StatusCreated,
	} {
		require.Equal(t, status, d.tell("/publications", november, "Authorization", "Bearer "+token).status, token)
	}
	require.Equal(t, "unknown-command", decoded[BatchResults](d.ask("POST", "/api/v1/commands",
		`{"commands":[{"type":"seal-publication","key":"k","body":{"period":"2022-11"}}]}`)).Results[0].Problem.Code, "never in a batch")
}

func TestWhatIsNotPublished(t *testing.T) {
	d := open(t)
	for body, code := range map[string]string{
		`{"period":"2022-Q4"}`: "period-not-a-month", `{"period":"2022"}`: "period-not-a-month", `{"period":"MCH2022"}`: "period-not-a-month",
		`{"period":"2022-13"}`: "period-form", `{"period":"2022-12"}`: "period-still-open", `{"period":"2023-01"}`: "period-in-the-future",
		`{}`: "field-missing", `{"period":7}`: "wrong-type", `{"period":"2022-11","force":true}`: "unknown-field", ``: "not-json",
	} {
		p := d.tell("/publications", body).problem()
		require.Equal(t, code, p.Code, body)
		if code != "not-json" {
			require.NotEmpty(t, p.Errors, body)
		}
	}
	require.Equal(t, "idempotency-key-missing", d.ask("POST", "/api/v1/publications", november).problem().Code)
	require.Zero(t, d.ledger.count())
}

func TestAPublicationIsFetched(t *testing.T) {
	d := open(t)
	d.press.numbers = "n"
	id := d.tell("/publications", november).receipt().ID
	for _, of := range []string{id.String(), "2022-11"} {
		for path, want := range map[string]struct{ contentType, file, beginning string }{
			"":             {"application/json", "careledger-2022-11-r1.json", `{"content":`},
			"/report.pdf":  {"application/pdf", "careledger-2022-11-r1.pdf", "%PDF hash-n"},
			"/report.xlsx": {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "careledger-2022-11-r1.xlsx", "PK hash-n"},
		} {
			at := "/api/v1/publications/" + of + path
			a := d.ask("GET", at, "", "Authorization", "Bearer "+analystToken)
			require.Equal(t, http.StatusOK, a.status, a.body)
			require.Equal(t, want.contentType, a.header.Get("Content-Type"))
			require.Contains(t, a.header.Get("Content-Disposition"), want.file)
			require.Equal(t, `"hash-n"`, a.header.Get("ETag"))
			require.True(t, strings.HasPrefix(a.body, want.beginning), a.body)
			unchanged := d.ask("GET", at, "", "If-None-Match", `"hash-n"`)
			require.Equal(t, http.StatusNotModified, unchanged.status)
			require.Empty(t, unchanged.body)
			require.Equal(t, http.StatusOK, d.ask("GET", at, "", "If-None-Match", `"other"`).status)
		}
	}
	require.Equal(t, id, d.press.asked.Publication, "what is printed is what was sealed")
	v := sealed.Verify([]byte(d.ask("GET", "/api/v1/publications/2022-11", "").body), nil)
	require.Equal(t, calendar.MonthOf(2022, time.November), v.Content.Period)
	require.Equal(t, d.ask("GET", "/api/v1/publications/2022-11", "").body, d.ask("GET", "/api/v1/publications/2022-11?recompute=1", "").body)

	for _, of := range []string{uuid.NewString(), "2022-10", "x", "..%2Fevents"} {
		a := d.ask("GET", "/api/v1/publications/"+of, "")
		require.Equal(t, http.StatusNotFound, a.status)
		require.Empty(t, a.header.Get("ETag"))
		a.problem()
	}
	d.press.recompute = sealed.ErrDiffers
	require.Equal(t, "publication-not-reproduced", d.ask("GET", "/api/v1/publications/2022-11?recompute=1", "", "If-None-Match", `"hash-n"`).problem().Code)
	d.press.paper = fault.New(fault.Unavailable, "font-missing", "未找到中文字体。", "No font is found.")
	require.Equal(t, "font-missing", d.ask("GET", "/api/v1/publications/2022-11/report.pdf", "").problem().Code)
	require.Equal(t, http.StatusUnauthorized, d.ask("GET", "/api/v1/publications/2022-11", "", "Authorization", "").status)
}

// What reads all of a month takes turns with sealing; who does not wait for theirs is told so.
func TestLargeQuestionsTakeTurns(t *testing.T) {
	d := open(t)
	d.given("/publications", november)
	d.press.printing = make(chan chan struct{}, 1)
	printed := make(chan int, 1)
	go func() { printed <- d.ask("GET", "/api/v1/publications/2022-11/report.pdf", "").status }()
	pages := <-d.press.printing
	impatient := func(method, path, body string) answered {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r := httptest.NewRequestWithContext(ctx, method, "/api/v1"+path, strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer "+adminToken)
		r.Header.Set("Idempotency-Key", "k")
		w := httptest.NewRecorder()
		d.handler.ServeHTTP(w, r)
		return answered{t: t, status: w.Code, header: w.Header(), body: w.Body.String()}
	}
	for _, path := range []string{
		"/publications/2022-11?recompute=1", "/publications/2022-11/report.pdf", "/publications/2022-11/report.xlsx",
		"/indicators/monthly-visit-rate/diff?period=2022-11&against_period=2022-10",
	} {
		a := impatient("GET", path, "")
		require.Equal(t, http.StatusTooManyRequests, a.status, path)
		require.Equal(t, "too-many-questions", a.problem().Code)
		require.Equal(t, "1", a.header.Get("Retry-After"))
		require.Empty(t, a.header.Get("ETag"))
	}
	require.Equal(t, "too-many-commands", impatient("POST", "/publications", november).problem().Code)
	require.Equal(t, http.StatusOK, impatient("GET", "/publications/2022-11", "").status, "what lies there is just read")
	close(pages)
	require.Equal(t, http.StatusOK, <-printed)
	d.press.printing = nil
	require.Equal(t, http.StatusOK, d.ask("GET", "/api/v1/publications/2022-11/report.pdf", "").status, "there is room again")
}

func TestTheKeyOfPublications(t *testing.T) {
	key := decoded[PublicationKey](open(t).ask("GET", "/api/v1/publication-key", ""))
	public, err := sealed.ParseKey(key.Key)
	require.NoError(t, err)
	require.Equal(t, sealed.KeyID(public), key.ID)
}
