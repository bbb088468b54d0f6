package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestColumnsStandBelowEachOther(t *testing.T) {
	var out strings.Builder
	require.NoError(t, aligned(&out, [][]string{{"area", "name", "n"}, {"532601", "文山市", "1"}, {"532624", "麻栗坡县", "22"}, {"5326", "Wenshan ‰", ""}}))
	require.Equal(t, "area    name       n\n532601  文山市     1\n532624  麻栗坡县   22\n5326    Wenshan ‰  \n", out.String())
}

// Whoever reads a table of counties knows their names, and not their codes.
func TestTablesOfCountiesNameThem(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/areas":
			fmt.Fprint(w, `{"items":[{"code":"532601","name":"文山市"},{"code":"532624","name":"麻栗坡县"},{"code":"532624100","name":"麻栗镇"}]}`)
		case "/api/v1/plan/targets":
			fmt.Fprint(w, `{"items":[{"code":"elder-beds","target":"t","of":"532624","value":700,"effective_on":"2022-01-01"}]}`)
		case "/api/v1/plan/allotment":
			fmt.Fprint(w, `{"code":"elder-beds","by":"elders","whole":10,"parts":[{"area":"532624","people":5,"value":10}]}`)
		case "/api/v1/parked":
			fmt.Fprint(w, `{"items":[{"number":"7","type":"X.v9","area":"532624100","areas":["532624100"],"reason":"unknown-type"}]}`)
		default:
			fmt.Fprint(w, `{"items":[{"code":"elder-beds","variant":"official","definition":{"variant":"official"},"area":"532624","period":"2022-11","value":7,"position":"9"}],"frontier":"9","head":"9"}`)
		}
	}))
	defer s.Close()
	for _, c := range []struct{ command, named string }{
		{"indicators --level county", `elder-beds +official +532624 +麻栗坡县 +2022-11 +7`},
		{"indicators --level county -o csv", `elder-beds,official,532624,麻栗坡县,2022-11,7`},
		{"indicators forecast elder-beds --level county", `532624 +麻栗坡县`},
		{"indicators forecast elder-beds --level county --wide", `elder-beds +official +532624 +麻栗坡县`},
		{"plan targets", `elder-beds +t +532624 +麻栗坡县 +700`},
		{"plan allot --code elder-beds", `532624 +麻栗坡县 +5 +10`},
		{"parked", `X.v9 +532624100 麻栗镇 +- +532624100 麻栗镇`},
	} {
		out, errs, _ := careledger(t, nil, append(strings.Fields(c.command), "--server", s.URL, "--token", "cl_x")...)
		require.Regexp(t, c.named, out, errs)
	}
}
