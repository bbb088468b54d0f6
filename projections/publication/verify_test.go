package publication

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

type edKey = ed25519.PublicKey

func sealedFile(t *testing.T) []byte {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 100)
	o.seal("first")
	o.store.add("BedsClosed.v1", "532601001", november, -3)
	o.seal("second")
	c, err := Read(o.document("2022-11"))
	require.NoError(t, err)
	c.Cells, c.Areas, c.Reasons.Cells = c.Cells[:40], c.Areas[:3], c.Reasons.Cells[:2] // enough, and quick
	_, file, err := Seal(c, keyOfSeed(1))
	require.NoError(t, err)
	return file
}

func places(v Verified) string {
	var all []string
	for _, f := range v.Findings {
		all = append(all, f.Place)
	}
	return strings.Join(all, "; ")
}

// altered writes the file anew after a change, in canonical form.
func altered(t *testing.T, file []byte, change func(f map[string]any)) []byte {
	t.Helper()
	var f map[string]any
	d := json.NewDecoder(bytes.NewReader(file))
	d.UseNumber()
	require.NoError(t, d.Decode(&f))
	change(f)
	b, err := Canonical(f)
	require.NoError(t, err)
	return b
}

func content(f map[string]any) map[string]any { return f["content"].(map[string]any) }

func TestWhatWasAlteredIsNamed(t *testing.T) {
	file := sealedFile(t)
	other := keyOfSeed(2)
	for _, c := range []struct {
		behaviour string
		change    func(f map[string]any)
		places    string
	}{
		{"nothing", func(map[string]any) {}, ""},
		{"a value", func(f map[string]any) {
			content(f)["cells"].([]any)[3].(map[string]any)["value"] = json.Number("98")
		}, "content/cells/3 ("},
		{"a status", func(f map[string]any) {
			content(f)["cells"].([]any)[0].(map[string]any)["status"] = "ahead"
		}, "content/cells/0 (532600 basic-pension-coverage official)"},
		{"two cells", func(f map[string]any) {
			cells := content(f)["cells"].([]any)
			cells[1], cells[2] = cells[2], cells[1]
		}, "content/cells/1 ("},
		{"a cell is left out", func(f map[string]any) { content(f)["cells"] = content(f)["cells"].([]any)[1:] }, "content/cells"},
		{"the period", func(f map[string]any) { content(f)["period"] = "2022-12" }, "content/period"},
		{"a name", func(f map[string]any) { content(f)["definitions"].([]any)[0].(map[string]any)["name_zh"] = "x" }, "content/definitions"},
		{"the reasons", func(f map[string]any) { content(f)["reasons"].(map[string]any)["events"] = []any{} }, "content/reasons"},
		{"the reasons are gone", func(f map[string]any) { delete(content(f), "reasons") }, "content/reasons"},
		{"a member more", func(f map[string]any) { content(f)["note"] = "ok" }, "content/note"},
		{"the ledger's root", func(f map[string]any) {
			content(f)["head"].(map[string]any)["root"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
		}, "content/head"},
		{"its size", func(f map[string]any) { content(f)["head"].(map[string]any)["size"] = "9" }, "content/head"},
		{"the hash", func(f map[string]any) { f["hash"] = strings.Repeat("0", 64) }, "hash"},
		{"a digest", func(f map[string]any) { f["digests"].(map[string]any)["period"] = "00000000" }, "digests"},
		{"the signature", func(f map[string]any) { f["signature"] = strings.Repeat("A", 86) + "==" }, "signature"},
		{"the signature is no base64", func(f map[string]any) { f["signature"] = "?" }, "signature"},
		{"the key", func(f map[string]any) { f["key"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, "key"},
		{"the key is none", func(f map[string]any) { f["key"] = "x" }, "key"},
		{"a value, with hash and digests", func(f map[string]any) {
			content(f)["cells"].([]any)[3].(map[string]any)["value"] = json.Number("98")
			raw, err := Canonical(f["content"])
			require.NoError(t, err)
			f["hash"] = HashOf(raw)
			digests, err := digestsOf(raw)
			require.NoError(t, err)
			f["digests"] = digests
		}, "signature"},
		{"all of it, by another", func(f map[string]any) {
			var c Content
			raw, err := Canonical(f["content"])
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(raw, &c))
			_, forged, err := Seal(c, other)
			require.NoError(t, err)
			clear(f)
			require.NoError(t, json.Unmarshal(forged, &f))
		}, "key"},
		{"the seal is gone", func(f map[string]any) { delete(f, "hash"); delete(f, "signature") }, "signature"},
		{"something is put to the seal", func(f map[string]any) { f["approved"] = true }, "seal"},
	} {
		t.Run(c.behaviour, func(t *testing.T) {
			v := Verify(altered(t, file, c.change), keyOfSeed(1).Public().(edKey))
			if c.places == "" {
				require.Empty(t, v.Findings)
				return
			}
			require.Contains(t, places(v), c.places)
			for _, f := range v.Findings {
				require.NotEmpty(t, f.English)
				require.NotEmpty(t, f.Chinese)
			}
		})
	}
}

// A file by itself says by which key it is; only a key that was given says whose.
func TestAnotherKey(t *testing.T) {
	o := open(t)
	o.store.add("BedsOpened.v1", "532601001", november, 1)
	c := o.seal("first")
	_, forged, err := Seal(c, keyOfSeed(2))
	require.NoError(t, err)
	v := Verify(forged, nil)
	require.Empty(t, v.Findings)
	require.Equal(t, KeyID(keyOfSeed(2).Public().(edKey)), KeyID(v.Key))
	require.Equal(t, "key", places(Verify(forged, keyOfSeed(1).Public().(edKey))))
	require.Empty(t, Verify(forged, keyOfSeed(2).Public().(edKey)).Findings)
	_, err = ParseKey("not a key")
	require.ErrorIs(t, err, ErrKey)
}

// No byte of a file can be another one, whatever it belongs to: a name, a number, a text, a bracket, the seal.
func TestNoByteCanBeFlipped(t *testing.T) {
	file, key := sealedFile(t), keyOfSeed(1).Public().(edKey)
	require.Empty(t, Verify(file, key).Findings)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.OneOf(rapid.IntRange(0, len(file)-1), rapid.IntRange(0, 400), rapid.IntRange(len(file)-400, len(file)-1)).Draw(t, "at")
		bit := rapid.IntRange(0, 7).Draw(t, "bit")
		broken := bytes.Clone(file)
		broken[at] ^= 1 << bit
		require.NotEmpty(t, Verify(broken, nil).Findings, "%q", broken[max(0, at-20):min(len(file), at+20)])
	})
}

func TestEveryByteOfASmallFile(t *testing.T) {
	c := Content{Format: Format, Revision: 1, Position: 3, Head: Head{ledgerID, 3, "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, Period: november, SealedOn: 19326,
		Cells: []Cell{{Area: "532600", Code: "elder-beds", Variant: "official", Position: 3}}}
	_, file, err := Seal(c, keyOfSeed(1))
	require.NoError(t, err)
	require.Empty(t, Verify(file, nil).Findings)
	for at := range file {
		for bit := range 8 {
			broken := bytes.Clone(file)
			broken[at] ^= 1 << bit
			require.NotEmpty(t, Verify(broken, nil).Findings, "byte %d bit %d: %s", at, bit, fmt.Sprintf("%q", broken))
		}
	}
	for _, text := range []string{"", "{}", "null", "[]", `"x"`, string(file) + "\n", " " + string(file), string(file[:len(file)-1])} {
		require.NotEmpty(t, Verify([]byte(text), nil).Findings, text)
	}
}
