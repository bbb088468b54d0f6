package golden

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/careledger/careledger/domain/event"
)

type happened struct {
	What string   `json:"what"`
	To   *whom    `json:"to"`
	Why  []string `json:"why,omitempty"`
	event.Doubts
}

type whom struct {
	Name string `json:"name"`
}

func (happened) EventType() string { return "Happened.v1" }

func full() happened {
	return happened{What: "x", To: &whom{"y"}, Why: []string{"z"}, Doubts: event.Doubts{Doubts: []string{"w"}}}
}

func TestAnEventIsHeldToItsBytes(t *testing.T) {
	const released = `{"what":"x","to":{"name":"y"},"why":["z"],"doubts":["w"]}` + "\n"
	codec, err := event.NewCodec([]event.Type{event.TypeOf[happened]()})
	require.NoError(t, err)
	with := func(change func(*happened)) happened { e := full(); change(&e); return e }
	for _, c := range []struct {
		behaviour, file string
		e               happened
		says            string
	}{
		{"the released bytes", released, full(), ""},
		{"other bytes", `{"what":"x"}`, full(), "for ever"},
		{"another order", `{"to":{"name":"y"},"what":"x","why":["z"],"doubts":["w"]}`, full(), "for ever"},
		{"no file", "", full(), "needs its file"},
		{"an empty field", released, with(func(e *happened) { e.What = "" }), "What is not filled"},
		{"an empty list", released, with(func(e *happened) { e.Why = []string{} }), "Why is not filled"},
		{"an empty field behind a pointer", released, with(func(e *happened) { e.To = &whom{} }), "To.Name is not filled"},
		{"no doubts", released, with(func(e *happened) { e.Doubts.Doubts = nil }), "Doubts is not filled"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			t.Setenv(WriteVariable, "")
			dir := t.TempDir()
			if c.file != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, "Happened.v1.json"), []byte(c.file), 0o600))
			}
			err := check(codec, dir, c.e)
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.says)
		})
	}
}

func TestAFileIsWrittenOnceAndNeverAgain(t *testing.T) {
	codec, err := event.NewCodec([]event.Type{event.TypeOf[happened]()})
	require.NoError(t, err)
	t.Setenv(WriteVariable, "1")
	dir := t.TempDir()
	require.NoError(t, check(codec, dir, full()))
	changed := full()
	changed.What = "something else"
	require.ErrorContains(t, check(codec, dir, changed), "for ever")
}
