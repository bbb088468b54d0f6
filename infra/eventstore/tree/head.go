package tree

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"
)

// Head is a ledger as it was: how many events it held, and their root.
type Head struct {
	Ledger uuid.UUID `json:"ledger"`
	Size   uint64    `json:"size"`
	Root   tlog.Hash `json:"root"`
	// digests are the first four bytes of each leaf. The root alone tells that something differs, they tell where.
	digests []uint32
}

const (
	title          = "careledger head"
	digestsPerLine = 48 // 256 characters
	digestBytes    = 4
)

// ErrHead is answered for a file that holds no head.
var ErrHead = errors.New("this is not a head: give a file that `careledger verify --head FILE` wrote, or the lines it printed / 该文件不是账本头，请给出 verify --head 写出的文件")

// Text is the head in four lines.
func (h Head) Text() string {
	return fmt.Sprintf("%s\nledger %s\nsize %d\nroot %s\n", title, h.Ledger, h.Size, h.Root)
}

// Write writes the lines of Text, an empty one, and the digests of the leaves.
func (h Head) Write(to io.Writer) error {
	w := bufio.NewWriter(to)
	_, _ = w.WriteString(h.Text() + "\n") // Flush answers the error
	line := make([]byte, 0, digestsPerLine*digestBytes)
	for i, d := range h.digests {
		line = binary.BigEndian.AppendUint32(line, d)
		if len(line) == cap(line) || i == len(h.digests)-1 {
			_, _ = w.WriteString(base64.StdEncoding.EncodeToString(line) + "\n")
			line = line[:0]
		}
	}
	return w.Flush()
}

// ReadHead reads what Write wrote. Other lines before the title are passed over, so that what the command printed can be
// given as it is; without digests a difference is found and its place is not.
func ReadHead(from io.Reader) (Head, error) {
	lines := bufio.NewScanner(from)
	for lines.Scan() {
		if bytes.Equal(bytes.TrimSpace(lines.Bytes()), []byte(title)) {
			return readLines(lines)
		}
	}
	return Head{}, errors.Join(ErrHead, lines.Err())
}

func readLines(lines *bufio.Scanner) (h Head, err error) {
	var ledger, root string
	for _, line := range []struct {
		format string
		value  any
	}{{"ledger %s", &ledger}, {"size %d", &h.Size}, {"root %s", &root}} {
		if !lines.Scan() {
			return Head{}, errors.Join(ErrHead, lines.Err())
		}
		if _, err := fmt.Sscanf(lines.Text(), line.format, line.value); err != nil {
			return Head{}, fmt.Errorf("%w (%w)", ErrHead, err)
		}
	}
	if h.Ledger, err = uuid.Parse(ledger); err != nil {
		return Head{}, fmt.Errorf("%w (%w)", ErrHead, err)
	}
	if h.Root, err = tlog.ParseHash(root); err != nil {
		return Head{}, fmt.Errorf("%w (%w)", ErrHead, err)
	}
	return h, h.readDigests(lines)
}

func (h *Head) readDigests(lines *bufio.Scanner) error {
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			if len(h.digests) > 0 {
				break
			}
			continue
		}
		b, err := base64.StdEncoding.DecodeString(lines.Text())
		if err != nil || len(b)%digestBytes != 0 {
			break // lines that were printed behind the head
		}
		for ; len(b) > 0; b = b[digestBytes:] {
			h.digests = append(h.digests, binary.BigEndian.Uint32(b))
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read a head: %w", err)
	}
	if n := uint64(len(h.digests)); n != 0 && n != h.Size {
		return fmt.Errorf("%w (it holds %d of %d digests)", ErrHead, n, h.Size)
	}
	return nil
}

// Digest adds the next leaf's digest to the head that is being made.
func (h *Head) Digest(leaf tlog.Hash) { h.digests = append(h.digests, digest(leaf)) }

func digest(leaf tlog.Hash) uint32 { return binary.BigEndian.Uint32(leaf[:]) }
