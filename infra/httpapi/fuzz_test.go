package httpapi

import (
	"encoding/json"
	"net/http"
	"testing"
)

// FuzzBodies: whatever is sent is answered by a receipt or by a problem, never by a broken handler.
func FuzzBodies(f *testing.F) {
	for i, s := range life() {
		f.Add(uint8(i), []byte(s.body))
	}
	for _, body := range []string{``, `null`, `{}`, `[]`, `{"a":{"a":{"a":[]}}}`, "\xff", `{"id":null,"area":{}}`, `{"commands":[{}]}`} {
		f.Add(uint8(0), []byte(body))
	}
	all := catalogue()
	d := open(f)
	ids := map[string]string{}
	for _, c := range all {
		for _, name := range c.parameters {
			ids[name] = nobody
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, body []byte) {
		d.t = t
		for _, path := range []string{fill(all[int(which)%len(all)].path, ids), "/commands"} {
			answer := d.tell(path, string(body))
			switch {
			case answer.status >= http.StatusInternalServerError:
				t.Fatalf("%s answered %d: %s", path, answer.status, answer.body)
			case answer.status >= http.StatusBadRequest:
				answer.problem()
			case !json.Valid([]byte(answer.body)):
				t.Fatalf("%s answered no JSON: %s", path, answer.body)
			}
		}
	})
}
