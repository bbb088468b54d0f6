package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"

	"github.com/careledger/careledger/domain/calendar"
)

var batchItemType = reflect.TypeFor[BatchItem]()

// newAPI makes the description that every route adds itself to.
func (s *server) newAPI(r chi.Router) huma.API {
	config := huma.DefaultConfig("Careledger · 照护台账", "1")
	config.DocsPath, config.SchemasPath, config.OpenAPIPath, config.CreateHooks = "", "", "", nil
	config.RejectUnknownQueryParameters = true
	config.Transformers = []huma.Transformer{ownProblems}
	config.Info.Description = "Commands record what was done; questions answer indicators, registers and alerts.\n\n" +
		"Every write carries an `Idempotency-Key`; the same key with the same body answers the first result. Every error is an " +
		"RFC 9457 problem with a stable `code` and one sentence each in English and Chinese; `errors` names the fields at fault by " +
		"JSON pointer (`/target/…` is a parameter of the path), never the value. Days are `YYYY-MM-DD` in Asia/Shanghai (Beijing time, UTC+8), wherever who asks is; instants are RFC 3339 and bear their own zone. " +
		"`known_at` asks for what was known at an instant, or by the end of a day. A period that has not begun has no numbers, only what is expected.\n\n" +
		"What reads all of a month (publishing, recomputing, printing and comparing) is done one at a time. Others wait; where eight do, " +
		"the answer is 429 with `Retry-After`."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token":   {Type: "http", Scheme: "bearer"},
		"session": {Type: "apiKey", In: "cookie", Name: sessionCookie},
	}
	config.Security = []map[string][]string{{"token": {}}, {"session": {}}}
	config.Tags = []*huma.Tag{
		{Name: "commands", Description: "What was done, recorded once"},
		{Name: "questions", Description: "Indicators, registers, alerts"},
		{Name: "publications", Description: "What was sealed: signed documents and the official table"},
		{Name: "upkeep", Description: "What keeps the numbers whole"},
		{Name: "session", Description: "Who is signed in"},
	}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[calendar.Day](), reflect.TypeFor[dayText]())
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[calendar.Month](), reflect.TypeFor[monthText]())
	return humachi.New(r, config)
}

// dayText and monthText describe how calendar.Day and calendar.Month are written.
type (
	dayText   string
	monthText string
)

// Schema implements huma.SchemaProvider.
func (dayText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", Examples: []any{"2022-11-03"}}
}

// Schema implements huma.SchemaProvider.
func (monthText) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: `^\d{4}-\d{2}$`, Examples: []any{"2022-11"}}
}

// problems are the answers of a route that says no.
func problems(api huma.API) map[string]*huma.Response {
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")
	return map[string]*huma.Response{"default": {
		Description: "A problem (RFC 9457)",
		Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}},
	}}
}

// stringNumbers describes the numbers that encoding/json writes as strings (`json:",string"`: ledger numbers, which may
// outgrow what JavaScript counts exactly) as what they are on the wire. Huma goes by their Go type.
func stringNumbers(schemas huma.Registry) {
	for name, schema := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for f := range t.Fields() {
			member, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			was, described := schema.Properties[member]
			if options == "string" && described {
				schema.Properties[member] = &huma.Schema{Type: huma.TypeString, Pattern: "^[0-9]+$", Description: was.Description}
			}
		}
	}
}

// describe serves the finished description.
func describe(api huma.API) (http.Handler, error) {
	stringNumbers(api.OpenAPI().Components.Schemas)
	schemas := api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma's own shape, which nobody ever gets
	delete(schemas, "ErrorDetail")
	text, err := json.MarshalIndent(api.OpenAPI(), "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the API's description: %w", err)
	}
	return description(text), nil
}

// description serves a JSON document.
func description(text []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // the client is gone if this fails
	})
}
