package publication

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Verified is what a file says and what is wrong with it. Key is empty where the file names none.
type Verified struct {
	Content  Content
	Hash     string
	Key      ed25519.PublicKey
	Findings []Finding
}

// Finding is one thing that is not as it was sealed: where, and what.
type Finding struct{ Place, English, Chinese string }

// mostFindings bounds how many altered parts are named.
const mostFindings = 20

// Verify checks a file by itself: that it is in canonical form, that content, hash and signature belong together, that each
// part is the one that was hashed, and that the head of the ledger is the one of its position. trusted is the key that must
// have signed it; nil takes the one that the file names, which says that it is whole, not by whom it is.
func Verify(text []byte, trusted ed25519.PublicKey) Verified {
	v := Verified{}
	canonical, err := canonicalJSON(text)
	if err != nil {
		v.find(offsetOf(err, text), "it is not JSON any more: "+err.Error(), "文件已不是有效的 JSON")
		return v
	}
	if at := differs(canonical, text); at >= 0 {
		v.find(fmt.Sprintf("byte %d", at), "from here on it is not in canonical form: a byte was changed, or it was written by another program", "自此字节起不是规范格式：有字节被改动，或由其他程序重新保存过")
	}
	var f File
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&f); err != nil {
		v.find("seal", "it is not a publication: "+err.Error(), "不是发布文件")
		return v
	}
	if whole, err := Canonical(f); err != nil || !bytes.Equal(whole, canonical) {
		v.find("seal", "a member of it is missing, or has another name", "发布文件缺少成员，或成员名被改动")
	}
	v.Hash = HashOf(f.Content)
	v.seal(f, trusted)
	v.parts(f)
	if err := json.Unmarshal(f.Content, &v.Content); err != nil {
		v.find("content", "it cannot be read: "+err.Error(), "内容无法读取")
		return v
	}
	v.head()
	return v
}

func (v *Verified) find(place, english, chinese string) {
	if len(v.Findings) < mostFindings {
		v.Findings = append(v.Findings, Finding{place, english, chinese})
	}
}

func offsetOf(err error, text []byte) string {
	at := int64(len(text))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset - 1
	}
	return fmt.Sprintf("byte %d", at)
}

// differs answers the first byte in which two texts differ, -1 where they do not.
func differs(a, b []byte) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	if len(a) != len(b) {
		return min(len(a), len(b))
	}
	return -1
}

// seal checks key and signature. What the signature covers is the hash that the file names, or where that was altered the
// content's own.
func (v *Verified) seal(f File, trusted ed25519.PublicKey) {
	key, err := ParseKey(f.Key)
	if err != nil {
		v.find("key", "it is not a public key", "不是有效的公钥")
	}
	v.Key = key
	signature, err := encoding.DecodeString(f.Signature)
	if err != nil {
		v.find("signature", "it is not base64", "不是有效的签名")
		return
	}
	holds := func(key ed25519.PublicKey) bool {
		return len(key) == ed25519.PublicKeySize &&
			(ed25519.Verify(key, signed(f.Hash), signature) || ed25519.Verify(key, signed(v.Hash), signature))
	}
	switch {
	case trusted != nil && !trusted.Equal(key) && holds(trusted):
		v.find("key", "another key was put into the file; the signature is by the right one", "文件中的公钥被替换；签名本身出自正确的密钥")
	case trusted != nil && !trusted.Equal(key):
		v.find("key", "it was signed by another key than the one that was given", "签名所用密钥与指定的公钥不符")
	case key != nil && !holds(key):
		v.find("signature", "the signature is not by this key, or of something else", "签名与公钥或内容不符")
	}
}

// ParseKey reads a public key in base64.
func ParseKey(text string) (ed25519.PublicKey, error) {
	key, err := encoding.DecodeString(text)
	if err != nil || len(key) != ed25519.PublicKeySize {
		return nil, ErrKey
	}
	return key, nil
}

// parts names what differs of the content, else of hash and digests.
func (v *Verified) parts(f File) {
	actual, err := digestsOf(f.Content)
	if err != nil {
		v.find("content", "it cannot be read: "+err.Error(), "内容无法读取")
		return
	}
	before := len(v.Findings)
	for _, name := range slices.Sorted(maps.Keys(union(actual, f.Digests))) {
		switch {
		case actual[name] == f.Digests[name]:
		case v.Hash == f.Hash:
			v.find("digests", "the digest of "+name+" was altered; the content is whole", "“"+name+"”的摘要被改动；内容本身完好")
		case name == cellsMember:
			v.cells(f.Content, actual[name], f.Digests[name])
		default:
			v.find("content/"+name, "it is not what was sealed", "与发布时不一致")
		}
	}
	if v.Hash != f.Hash && len(v.Findings) == before {
		v.find("hash", "it is not the hash of the content", "与内容的哈希不一致")
	}
}

func union(a, b map[string]string) map[string]string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// cells names the cells that differ.
func (v *Verified) cells(content []byte, actual, sealed string) {
	was, err := encoding.DecodeString(sealed)
	is, _ := encoding.DecodeString(actual) // it was made just now
	if err != nil || len(was) != len(is) {
		v.find("content/cells", "some are missing or added, or their digests were altered", "有单元格缺失或增加，或其摘要被改动")
		return
	}
	var c struct {
		Cells []struct{ Area, Code, Variant string }
	}
	named := json.Unmarshal(content, &c) == nil && len(c.Cells)*digestBytes == len(is)
	for i := 0; i < len(is); i += digestBytes {
		if bytes.Equal(is[i:i+digestBytes], was[i:i+digestBytes]) {
			continue
		}
		place, n := fmt.Sprintf("content/cells/%d", i/digestBytes), i/digestBytes
		if named {
			place += fmt.Sprintf(" (%s %s %s)", c.Cells[n].Area, c.Cells[n].Code, c.Cells[n].Variant)
		}
		v.find(place, "it is not what was sealed", "与发布时不一致")
	}
}

// head checks that the root of the ledger is the one of the position, and that all cells are.
func (v *Verified) head() {
	c := v.Content
	if c.Format != Format {
		v.find("content/format", fmt.Sprintf("this version of careledger reads format %d", Format), "本版本无法读取该格式，请升级 careledger")
		return
	}
	root, err := encoding.DecodeString(c.Head.Root)
	if err != nil || len(root) != 32 || c.Head.Ledger == uuid.Nil || c.Head.Size != c.Position {
		v.find("content/head", "it is not the head of a ledger at the position of the publication", "不是该发布位置上的账本头")
	}
	for i, cell := range c.Cells {
		if cell.Position != c.Position {
			v.find(fmt.Sprintf("content/cells/%d", i), "it was counted at another position", "统计位置不一致")
		}
	}
}
