package httpapi

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"path"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/careledger/careledger/domain/access"
	"github.com/careledger/careledger/domain/calendar"
	"github.com/careledger/careledger/domain/command"
	"github.com/careledger/careledger/domain/publication"
	sealed "github.com/careledger/careledger/projections/publication"
)

// Publications seals months, and answers what was sealed.
type Publications interface {
	List(ctx context.Context) ([]publication.Sealed, error)
	Find(ctx context.Context, idOrMonth string) (publication.Sealed, error)
	Seal(ctx context.Context, month calendar.Month, by command.Context) command.Outcome
	Document(ctx context.Context, s publication.Sealed) ([]byte, error)
	Recompute(ctx context.Context, s publication.Sealed) ([]byte, error)
	PublicKey() (ed25519.PublicKey, error)
}

// Reports puts a publication on paper.
type Reports interface {
	PDF(c sealed.Content, hash string) ([]byte, error)
	XLSX(c sealed.Content, hash string) ([]byte, error)
}

// Publication is a sealed set of values, without the values.
type Publication struct {
	ID           uuid.UUID    `json:"id" format:"uuid"`
	Period       string       `json:"period" example:"2022-11"`
	Revision     int          `json:"revision"`
	SealedOn     calendar.Day `json:"sealed_on"`
	Position     uint64       `json:"position,string" doc:"The ledger number up to which was counted"`
	Root         string       `json:"root" doc:"The root of the ledger's Merkle tree there, in base64"`
	Hash         string       `json:"hash" doc:"SHA-256 of the content in canonical form; also the ETag of the document"`
	Key          string       `json:"key" doc:"The public ed25519 key that signed, in base64"`
	Plan         string       `json:"plan"`
	Cells        int          `json:"cells"`
	Supersedes   *uuid.UUID   `json:"supersedes" format:"uuid" nullable:"true" doc:"The revision before; null: this is the first"`
	SupersededBy *uuid.UUID   `json:"superseded_by" format:"uuid" nullable:"true" doc:"The revision after; null: this is the newest"`
	ChangedCells int          `json:"changed_cells" doc:"Cells that are not as they were in the revision before"`
	LateEvents   uint64       `json:"late_events" doc:"Events recorded since then"`
}

// SealPublication is the body of the command that publishes a month.
type SealPublication struct {
	Period string `json:"period" example:"2022-11" doc:"A month that is over"`
}

// PublicationKey is the key with which publications are signed.
type PublicationKey struct {
	Key string `json:"key" doc:"The public ed25519 key, in base64"`
	ID  string `json:"id" doc:"Its short name: the first eight bytes of its SHA-256, in hex"`
}

// What seals, counts anew, compares or prints takes a while and much memory.
const (
	largeAtWork, largeWaiting = 1, 8
	largeTimeout              = 5 * time.Minute
)

func (s *server) registerPublications(api huma.API, r chi.Router) {
	get(api, s, "publications", "/publications", "What was published, newest first", access.ReadNumbers, s.publications)
	get(api, s, "publication-key", "/publication-key", "The key with which publications are signed", access.ReadNumbers, s.publicationKey)
	spec := s.sealing()
	op := apart(api, spec, "publications", s.admitting(access.Publish, s.large))
	op.Description = "For administrators and supervisors of the whole prefecture. Seals every cell of a month as the ledger knows it now, with the " +
		"root of the ledger, a hash and a signature. What came late makes another revision, which says what has changed; where nothing has, it is refused."
	huma.Register(api, op, func(ctx context.Context, in *commandInput) (*commandOutput, error) {
		ctx, cancel := context.WithTimeout(ctx, largeTimeout)
		defer cancel()
		return s.tell(ctx, access.Publish, spec, in)
	})
	takes(api, op.Path, spec.body, spec.name)

	s.document(api, r, "publication", "", "application/json", "The sealed document, byte for byte",
		func(ctx context.Context, p publication.Sealed, r *http.Request) ([]byte, error) {
			if !r.URL.Query().Has("recompute") {
				return s.Publications.Document(ctx, p)
			}
			leave, err := s.large.enter(ctx, errBusyReading)
			if err != nil {
				return nil, err
			}
			defer leave()
			return s.Publications.Recompute(ctx, p)
		}, &huma.Param{
			Name: "recompute", In: "query", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "Make it anew from the log, instead of taking the kept one: the bytes are the same, or the answer is a problem",
		})
	s.document(api, r, "publication-pdf", "/report.pdf", "application/pdf", "The official table, to print", s.paper(func(c sealed.Content, hash string) ([]byte, error) { return s.Reports.PDF(c, hash) }))
	s.document(api, r, "publication-xlsx", "/report.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"The official table, as a workbook", s.paper(func(c sealed.Content, hash string) ([]byte, error) { return s.Reports.XLSX(c, hash) }))
}

// sealing is the command that publishes a month. It stands apart from the others: other roles send it, and never in a batch.
func (s *server) sealing() spec {
	return define("seal-publication", "/publications", "Publish a month",
		func(s *server, r request, b SealPublication, f *fields) *prepared {
			month, err := calendar.ParseMonth(b.Period)
			if err != nil {
				refusal := errPeriod
				if _, longer := calendar.ParsePeriod(b.Period); longer == nil {
					refusal = sealed.ErrMonth
				}
				return &prepared{broken: refusal.At("/period")}
			}
			return &prepared{run: func(ctx context.Context) command.Outcome { return s.Publications.Seal(ctx, month, r.Context) }}
		})
}

func (s *server) publications(ctx context.Context, _ access.Principal, _ *struct{}) (*answer[list[Publication]], error) {
	all, err := s.Publications.List(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]Publication, len(all))
	at := map[uuid.UUID]int{}
	for i, p := range all {
		at[p.Publication] = len(all) - 1 - i
		items[len(all)-1-i] = Publication{
			ID: p.Publication, Period: p.Period.String(), Revision: p.Revision, SealedOn: p.SealedOn, Position: p.Position, Root: p.Root, Hash: p.Hash,
			Key: p.Key, Plan: p.Plan, Cells: p.Cells, Supersedes: p.Supersedes, ChangedCells: p.Changed, LateEvents: p.Late,
		}
		if p.Supersedes != nil {
			items[at[*p.Supersedes]].SupersededBy = &p.Publication
		}
	}
	return &answer[list[Publication]]{list[Publication]{Items: items}}, nil
}

func (s *server) publicationKey(context.Context, access.Principal, *struct{}) (*answer[PublicationKey], error) {
	key, err := s.Publications.PublicKey()
	if err != nil {
		return nil, err
	}
	return &answer[PublicationKey]{PublicationKey{Key: base64.StdEncoding.EncodeToString(key), ID: sealed.KeyID(key)}}, nil
}

// paper makes a report of a publication.
func (s *server) paper(print func(sealed.Content, string) ([]byte, error)) makeDocument {
	return func(ctx context.Context, p publication.Sealed, _ *http.Request) ([]byte, error) {
		leave, err := s.large.enter(ctx, errBusyReading)
		if err != nil {
			return nil, err
		}
		defer leave()
		text, err := s.Publications.Document(ctx, p)
		if err != nil {
			return nil, err
		}
		c, err := sealed.Read(text)
		if err != nil {
			return nil, err
		}
		return print(c, p.Hash)
	}
}

type makeDocument func(ctx context.Context, p publication.Sealed, r *http.Request) ([]byte, error)

// document registers something that a publication is answered as. Its ETag is the publication's hash.
func (s *server) document(api huma.API, r chi.Router, id, suffix, contentType, summary string, make makeDocument, more ...*huma.Param) {
	op := &huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: "/api/v1/publications/{publication}" + suffix, Tags: []string{"publications"}, Summary: summary,
		Responses: problems(api), Parameters: append([]*huma.Param{{
			Name: "publication", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString, Examples: []any{"2022-11"}},
			Description: "The id of a publication, or a month: its newest revision",
		}}, more...),
	}
	op.Responses["200"] = &huma.Response{
		Description: "The document", Content: map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
		Headers: map[string]*huma.Param{"ETag": {Schema: &huma.Schema{Type: huma.TypeString}, Description: "The publication's hash, quoted"}},
	}
	api.OpenAPI().AddOperation(op)
	r.Get(op.Path, func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), largeTimeout)
		defer cancel()
		if err := s.serveDocument(ctx, w, r, contentType, suffix, make); err != nil {
			s.refuse(w, r, err)
		}
	})
}

func (s *server) serveDocument(ctx context.Context, w http.ResponseWriter, r *http.Request, contentType, suffix string, make makeDocument) error {
	if _, err := s.caller(ctx, access.ReadNumbers); err != nil {
		return err
	}
	p, err := s.Publications.Find(ctx, chi.URLParam(r, "publication"))
	if err != nil {
		return err
	}
	etag := strconv.Quote(p.Hash)
	h := w.Header()
	h.Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag && !r.URL.Query().Has("recompute") {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	text, err := make(ctx, p, r)
	if err != nil {
		h.Del("ETag")
		return err
	}
	extension := cmp.Or(path.Ext(suffix), ".json")
	h.Set("Content-Type", contentType)
	h.Set("Content-Disposition", `attachment; filename="careledger-`+p.Period.String()+"-r"+strconv.Itoa(p.Revision)+extension+`"`)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	_, _ = w.Write(text) // the client is gone if this fails
	return nil
}
