package httpapi

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden description anew")

const golden = "openapi.golden.json"

func TestTheDescriptionIsTheOneWePublished(t *testing.T) {
	got := open(t).ask("GET", "/openapi.json", "").body
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got+"\n"), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err, "go test ./infra/httpapi -update writes it")
	require.JSONEq(t, string(want), got, "if this is meant: go test ./infra/httpapi -update")
}

func TestTheDescriptionOfTheBusStandsBesideIt(t *testing.T) {
	d := open(t)
	for _, token := range []string{adminToken, caseworkerToken, analystToken} {
		answer := d.ask("GET", "/asyncapi.json", "", "Authorization", "Bearer "+token)
		require.Equal(t, 200, answer.status)
		require.Equal(t, "application/json", answer.header.Get("Content-Type"))
		require.Equal(t, `{"asyncapi":"3.0.0"}`, answer.body)
	}
}

func TestTheDescriptionIsWhole(t *testing.T) {
	var d struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string `json:"operationId"`
			Summary     string `json:"summary"`
			Parameters  []struct {
				Name string `json:"name"`
				In   string `json:"in"`
			} `json:"parameters"`
			Responses map[string]struct {
				Content map[string]any `json:"content"`
			} `json:"responses"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal([]byte(open(t).ask("GET", "/openapi.json", "").body), &d))
	require.Equal(t, "3.1.0", d.OpenAPI)
	for path, operations := range d.Paths {
		for method, op := range operations {
			require.NotEmpty(t, op.Summary, "%s %s", method, path)
			require.Contains(t, op.Responses["default"].Content, "application/problem+json", "%s %s", method, path)
			for _, name := range parametersOf(path) {
				n := 0
				for _, p := range op.Parameters {
					if p.Name == name && p.In == "path" {
						n++
					}
				}
				require.Equal(t, 1, n, "%s %s describes {%s} once", method, path, name)
			}
		}
	}
	for _, c := range catalogue() {
		require.Equal(t, c.name, d.Paths["/api/v1"+c.path]["post"].OperationID)
	}
	require.NotContains(t, d.Components.Schemas, "ErrorModel")
	require.NotContains(t, d.Components.Schemas, "Cookie")
	for schema, member := range map[string]string{"Cell": "position", "CellsBody": "head", "Status": "head", "PrefectureStatus": "frontier"} {
		properties := d.Components.Schemas[schema].(map[string]any)["properties"].(map[string]any)
		require.Equal(t, "string", properties[member].(map[string]any)["type"], "%s of %s, as it is sent", member, schema)
	}
	required, ok := d.Components.Schemas["RegisterElder"].(map[string]any)["required"].([]any)
	require.True(t, ok)
	require.True(t, slices.Contains(required, any("area")))
}
