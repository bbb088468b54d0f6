package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPublicationFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s := serving(t, at("data"), freeAddress(t))
	house := func(n string) {
		s.ask(http.MethodPost, "/api/v1/institutions", `{"area":"532601001","name":"试用`+n+`","kind":"apartment","ownership":"public","registered_on":"2020-01-0`+n+`"}`)
	}
	house("1")
	run := func(args ...string) (string, string, int) {
		return careledger(t, nil, append(args, "--server", "http://"+s.addr, "--data", s.dir)...)
	}
	_, errs, code := run("publish")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "--period")
	for period, advice := range map[string]string{"2022-Q4": "A publication is of a month", "2150-01": "has not begun", "x": "cannot be read", "2020-11": "before the plan"} {
		_, errs, code = run("publish", "--period", period)
		require.Equal(t, exitUsage, code, errs)
		oneLine(t, errs, advice)
	}
	out, errs, code := run("publish", "--period", "2022-11")
	require.Zero(t, code, errs)
	require.Contains(t, out, "2022-11 revision 1:")
	_, errs, code = run("publish", "--period", "2022-11")
	require.Equal(t, exitDiffers, code)
	oneLine(t, errs, "Nothing has changed")
	out, _, code = run("publish", "list")
	require.Zero(t, code)
	require.Equal(t, 2, strings.Count(out, "\n"), out)
	out, _, code = run("publish", "list", "-o", "json")
	require.Zero(t, code)
	require.Contains(t, out, `"revision":1`)
	_, errs, code = run("publish", "get", "2022-10")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "There is no such publication")
	_, errs, code = run("publish", "get")
	require.Equal(t, exitUsage, code)
	oneLine(t, errs, "name one publication")

	_, errs, code = run("publish", "get", "2022-11", "-o", at("month.json"))
	require.Zero(t, code, errs)
	_, errs, code = run("publish", "get", "2022-11", "-o", at("month.xlsx"))
	require.Zero(t, code, errs)
	again, errs, code := run("publish", "get", "2022-11", "--recompute")
	require.Zero(t, code, errs)
	document, err := os.ReadFile(at("month.json"))
	require.NoError(t, err)
	require.Equal(t, string(document), again)
	key, errs, code := run("publish", "key")
	require.Zero(t, code, errs)
	require.Contains(t, errs, "short name")
	require.NoError(t, os.WriteFile(at("office.pub"), []byte(key), 0o600))

	// elsewhere, without the server
	verify := func(args ...string) (string, string, int) {
		return careledger(t, []string{"CAREL_DATA=/nowhere"}, append([]string{"verify", "publication"}, args...)...)
	}
	out, errs, code = verify(at("month.json"))
	require.Zero(t, code, errs)
	require.Contains(t, out, "by whom is not checked")
	out, errs, code = verify(at("month.json"), "--key", at("office.pub"), "--ledger", at("data"))
	require.Zero(t, code, errs+out)
	require.Contains(t, out, "the ledger holds what was published")
	require.Contains(t, out, "sound: nothing was changed")
	other := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	out, errs, code = verify(at("month.json"), "--key", other)
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "WRONG  key: it was signed by another key")
	oneLine(t, errs, "do not use this file")
	forged := bytes.Replace(document, []byte(`"status":"no_data"`), []byte(`"status":"on_track"`), 1)
	require.NoError(t, os.WriteFile(at("forged.json"), forged, 0o600))
	out, _, code = verify(at("forged.json"), "--key", strings.TrimSpace(key))
	require.Equal(t, exitDiffers, code)
	require.Contains(t, out, "WRONG  content/cells/")
	for _, c := range []struct {
		args   []string
		advice string
	}{
		{nil, "name one file"}, {[]string{at("nothing")}, "no such file"}, {[]string{at("month.json"), "--key", "x"}, "no public key"},
	} {
		_, errs, code = verify(c.args...)
		require.Equal(t, exitUsage, code)
		oneLine(t, errs, c.advice)
	}

	// another ledger, and a backup that is kept with its publications
	another := at("another")
	_, stop := alone(t, another)
	stop()
	_, errs, code = verify(at("month.json"), "--ledger", another)
	require.Equal(t, exitDiffers, code)
	require.Contains(t, errs, "another ledger")
	_, errs, code = careledger(t, nil, "backup", "--data", at("data"), "--to", at("backup"))
	require.Zero(t, code, errs)
	kept, err := os.ReadDir(filepath.Join(at("backup"), "publications"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	out, errs, code = verify(at("month.json"), "--key", at("office.pub"), "--ledger", at("backup"))
	require.Zero(t, code, errs+out)
}
