package store

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"
	"math/bits"

	"github.com/google/uuid"
)

// Tombstone is the revision of a stream's tombstone, its last event for ever.
const Tombstone int64 = math.MaxInt64

// Record is one event as stored. Its byte slices belong to the page or group it came with and are not to be changed.
type Record struct {
	Position uint64
	Revision int64
	ID       uuid.UUID
	Created  int64 // 100 ns since 1970
	JSON     bool
	Stream   []byte
	Type     []byte
	Metadata []byte
	Data     []byte
	// Index and Count say which event of how many in its append this is, so that half an append can be told.
	Index, Count uint32

	streamID uint64
}

const (
	recordVersion = 1
	recordFixed   = 1 + 1 + 16 + 8
	recordMaximum = recordFixed + 8*binary.MaxVarintLen64 + 4 // without the texts
	flagJSON      = 1
)

// castagnoli is hardware CRC-32C; the table is read-only.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord writes r behind b: version, flags, id, created, stream id, revision, index, count, the four texts with
// their lengths, and a CRC-32C over position and all before it. The position is the key's; with it in the sum, a
// record under the wrong key is found out.
func appendRecord(b []byte, r *Record) []byte {
	start := len(b)
	var flags byte
	if r.JSON {
		flags |= flagJSON
	}
	b = append(b, recordVersion, flags)
	b = append(b, r.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(r.Created))
	b = binary.AppendUvarint(b, r.streamID)
	b = binary.AppendUvarint(b, uint64(r.Revision))
	b = binary.AppendUvarint(b, uint64(r.Index))
	b = binary.AppendUvarint(b, uint64(r.Count))
	for _, text := range [4][]byte{r.Stream, r.Type, r.Metadata, r.Data} {
		b = binary.AppendUvarint(b, uint64(len(text)))
		b = append(b, text...)
	}
	return binary.BigEndian.AppendUint32(b, checksum(r.Position, b[start:]))
}

// recordSize is how many bytes appendRecord writes.
func recordSize(r *Record) int {
	size := recordFixed + 4
	for _, number := range [4]uint64{r.streamID, uint64(r.Revision), uint64(r.Index), uint64(r.Count)} {
		size += varintSize(number)
	}
	for _, text := range [4][]byte{r.Stream, r.Type, r.Metadata, r.Data} {
		size += varintSize(uint64(len(text))) + len(text)
	}
	return size
}

func varintSize(n uint64) int { return (bits.Len64(n|1) + 6) / 7 }

func checksum(position uint64, body []byte) uint32 {
	var key [8]byte
	binary.BigEndian.PutUint64(key[:], position)
	return crc32.Update(crc32.Update(0, castagnoli, key[:]), castagnoli, body)
}

var (
	errChecksum = errors.New("its checksum does not match")
	errShape    = errors.New("it cannot be read")
	errVersion  = errors.New("it was written by a newer version")
)

// readRecord reads the record stored at position; r then points into b.
func readRecord(position uint64, b []byte, r *Record) error {
	if len(b) < recordFixed+4 {
		return corrupt(position, errShape)
	}
	body, sum := b[:len(b)-4], binary.BigEndian.Uint32(b[len(b)-4:])
	if checksum(position, body) != sum {
		return corrupt(position, errChecksum)
	}
	if body[0] != recordVersion {
		return corrupt(position, errVersion)
	}
	*r = Record{Position: position, JSON: body[1]&flagJSON != 0, Created: int64(binary.BigEndian.Uint64(body[18:]))}
	copy(r.ID[:], body[2:18])
	p := parser{rest: body[recordFixed:]}
	r.streamID, r.Revision = p.number(), int64(p.number())
	r.Index, r.Count = uint32(p.number()), uint32(p.number())
	r.Stream, r.Type, r.Metadata, r.Data = p.text(), p.text(), p.text(), p.text()
	if p.bad || len(p.rest) != 0 {
		return corrupt(position, errShape)
	}
	return nil
}

type parser struct {
	rest []byte
	bad  bool
}

func (p *parser) number() uint64 {
	n, size := binary.Uvarint(p.rest)
	if size <= 0 {
		p.bad = true
		return 0
	}
	p.rest = p.rest[size:]
	return n
}

func (p *parser) text() []byte {
	n := p.number()
	if n > uint64(len(p.rest)) {
		p.bad = true
		return nil
	}
	text := p.rest[:n:n]
	p.rest = p.rest[n:]
	return text
}
