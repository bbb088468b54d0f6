package store

import (
	"encoding/binary"
)

// The keys of the store. All numbers are big-endian, so that the order of bytes is the order of numbers.
//
//	0x00 "format"                      → format (format.go)
//	0x01 position(8)                   → event record (record.go)
//	0x02 stream name                   → stream id(8), dense from 1
//	0x03 stream name                   → nothing; only of tombstoned streams
//	0x04 stream id(8) revision(8)      → position(8)
//	0x05 stream id(8)                  → first revision kept(8), events removed(8); only of scavenged streams
const (
	systemSpace byte = 0x00
	logSpace    byte = 0x01
	nameSpace   byte = 0x02
	endedSpace  byte = 0x03
	indexSpace  byte = 0x04
	keptSpace   byte = 0x05
)

const (
	logKeyLen   = 9
	indexKeyLen = 17
	positionLen = 8
)

func formatKey() []byte { return append([]byte{systemSpace}, "format"...) }

func logKey(position uint64) []byte {
	k := make([]byte, logKeyLen)
	k[0] = logSpace
	binary.BigEndian.PutUint64(k[1:], position)
	return k
}

func nameKey(stream string) []byte {
	k := make([]byte, 1+len(stream))
	k[0] = nameSpace
	copy(k[1:], stream)
	return k
}

func endedKey(stream string) []byte { return append([]byte{endedSpace}, stream...) }

func indexKey(id uint64, revision int64) []byte {
	k := make([]byte, indexKeyLen)
	k[0] = indexSpace
	binary.BigEndian.PutUint64(k[1:], id)
	binary.BigEndian.PutUint64(k[9:], uint64(revision))
	return k
}

func keptKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{keptSpace}, id)
}

func positionValue(position uint64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8), position)
}

// afterIndex is the first key behind the index entries of stream id.
func afterIndex(id uint64) []byte { return indexKey(id+1, 0) }

func afterSpace(space byte) []byte { return []byte{space + 1} }
