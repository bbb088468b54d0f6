package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
)

// event is a home visit as the product writes it (domain/elder's HomeVisitLogged with domain/event's Metadata; a test
// compares them), so that sizes and compression are those of a real ledger: ids and hashes are random, one visit in
// three has a note, whose ciphertext is random too.
type event struct {
	id             uuid.UUID
	data, metadata []byte
}

const (
	eventType = "HomeVisitLogged.v1"
	workers   = 300 // people who visit, each with a device
	townships = 104
)

// stream names the n-th elder's stream; a number always has the same name.
func stream(n uint64) string { return "elder-5326-" + elder(n).String() }

func elder(n uint64) uuid.UUID { return hashed(n, 0x656c646572) }

// hashed is a random-looking UUID that depends on n and kind alone.
func hashed(n, kind uint64) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:8], mix(n+kind<<32))
	binary.BigEndian.PutUint64(id[8:], mix(^n+kind<<32))
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

// mix is SplitMix64's finaliser.
func mix(n uint64) uint64 {
	n += 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}

// raw is what an event is counted as: its data, metadata, type and stream name.
func (e *event) raw(stream string) int {
	return len(e.data) + len(e.metadata) + len(eventType) + len(stream)
}

// maker makes visits, always the same ones for the same seed. It belongs to one goroutine.
type maker struct {
	source *rand.ChaCha8
	rand   *rand.Rand
	ledger string
	sealed [160]byte
}

func newMaker(seed, stage, writer uint64) *maker {
	var key [32]byte
	for i, n := range []uint64{seed, stage, writer, 0x7669736974} {
		binary.BigEndian.PutUint64(key[8*i:], n)
	}
	source := rand.NewChaCha8(key)
	return &maker{source: source, rand: rand.New(source), ledger: hashed(seed, 1).String()}
}

func (m *maker) uuid() (id uuid.UUID) {
	_, _ = m.source.Read(id[:]) // it never fails
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80
	return id
}

func (m *maker) words(words ...string) string { return words[m.rand.IntN(len(words))] }

// visit makes a visit to the n-th elder.
func (m *maker) visit(n uint64) event {
	on := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, m.rand.IntN(4*365))
	b := make([]byte, 0, 1024)
	b = appendUUID(append(b, `{"elder":"`...), elder(n))
	b = appendUUID(append(b, `","visit":"`...), m.uuid())
	b = on.AppendFormat(append(b, `","occurred_on":"`...), time.DateOnly)
	b = append(append(b, `","mode":"`...), m.words("home", "home", "home", "telephone", "video")...)
	b = append(append(b, `","outcome":"`...), m.words("seen", "seen", "seen", "seen", "absent", "refused")...)
	b = append(b, '"')
	if m.rand.IntN(3) == 0 {
		sealed := m.sealed[:40+m.rand.IntN(len(m.sealed)-40)]
		_, _ = m.source.Read(sealed) // it never fails
		b = appendUUID(append(b, `,"note":{"subject":"`...), hashed(n, 2))
		b = base64.StdEncoding.AppendEncode(append(b, `","ciphertext":"`...), sealed)
		b = append(b, `"}`...)
	}
	b = append(b, '}')
	size := len(b)
	b = m.appendMetadata(b, n, on)
	return event{id: m.uuid(), data: b[:size:size], metadata: b[size:]}
}

func (m *maker) appendMetadata(b []byte, n uint64, on time.Time) []byte {
	command, worker := m.uuid(), m.rand.Uint64N(workers)
	received := on.Add(time.Duration(m.rand.Int64N(int64(24*time.Hour))) / time.Microsecond * time.Microsecond)
	var hash [18]byte
	_, _ = m.source.Read(hash[:]) // it never fails
	b = append(append(b, `{"ledger":"`...), m.ledger...)
	b = appendUUID(append(b, `","command_id":"`...), command)
	b = base64.RawURLEncoding.AppendEncode(append(b, `","body_hash":"`...), hash[:])
	b = appendUUID(append(b, `","correlation_id":"`...), m.uuid())
	b = appendUUID(append(b, `","causation_id":"`...), command)
	b = appendUUID(append(b, `","actor":"`...), hashed(worker, 3))
	b = fmt.Appendf(b, `","device":"phone-%04d","area":"5326%05d","occurred_on":"`, worker, 1000+n%townships)
	b = on.AppendFormat(b, time.DateOnly)
	b = received.AppendFormat(append(b, `","received_at":"`...), time.RFC3339Nano)
	b = received.Add(time.Duration(m.rand.IntN(4000))*time.Microsecond).AppendFormat(append(b, `","recorded_at":"`...), time.RFC3339Nano)
	return append(b, `","schema":1}`...)
}

func appendUUID(b []byte, id uuid.UUID) []byte {
	b = hex.AppendEncode(b, id[:4])
	for _, part := range [][]byte{id[4:6], id[6:8], id[8:10], id[10:]} {
		b = hex.AppendEncode(append(b, '-'), part)
	}
	return b
}
