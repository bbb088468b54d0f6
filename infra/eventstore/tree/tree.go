package tree

import (
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/careledger/careledger/domain/event"
)

// Event is an event as an event store holds it.
type Event struct {
	Stream   []byte
	Revision uint64
	ID       uuid.UUID
	Type     []byte
	JSON     bool // content type application/json, else application/octet-stream
	Metadata []byte
	Data     []byte
}

// Leaf is the hash of e as RFC 6962 has it, over its parts in a fixed order, each behind its length.
func Leaf(e Event) tlog.Hash {
	content := byte(0)
	if e.JSON {
		content = 1
	}
	b := make([]byte, 0, 64+len(e.Stream)+len(e.Type)+len(e.Metadata)+len(e.Data))
	b = append(b, leafVersion, content)
	b = append(b, e.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, e.Revision)
	for _, part := range [][]byte{e.Stream, e.Type, e.Metadata, e.Data} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return tlog.RecordHash(b)
}

const leafVersion = 1

// The first event of a ledger, which gives it its id.
const (
	ledgerStream = "ledger"
	openedType   = "LedgerOpened.v1"
)

// Tree takes the events of a store in order and keeps what the root needs: as many hashes as its size has binary digits.
type Tree struct {
	ledger uuid.UUID
	size   int64
	spine  map[int64]tlog.Hash
}

// New is an empty tree.
func New() *Tree { return &Tree{spine: map[int64]tlog.Hash{}} }

// Ledger is the id of the ledger, zero before its first event.
func (t *Tree) Ledger() uuid.UUID { return t.ledger }

// Size is the number of events taken, which is the ledger number of the last one.
func (t *Tree) Size() uint64 { return uint64(t.size) }

// Take adds e if it is of the ledger. The ledger is the first one that opens in the store; other events (a follower's
// checkpoints, stream metadata) have no ledger number.
func (t *Tree) Take(e Event) (leaf tlog.Hash, taken bool, err error) {
	var metadata struct {
		Ledger uuid.UUID `json:"ledger"`
	}
	if event.Unmarshal(e.Metadata, &metadata) != nil || metadata.Ledger == uuid.Nil {
		return leaf, false, nil
	}
	if t.ledger == uuid.Nil && e.Revision == 0 && string(e.Stream) == ledgerStream && string(e.Type) == openedType {
		t.ledger = metadata.Ledger
	}
	if metadata.Ledger != t.ledger {
		return leaf, false, nil
	}
	leaf = Leaf(e)
	return leaf, true, t.add(leaf)
}

func (t *Tree) add(leaf tlog.Hash) error {
	hashes, err := tlog.StoredHashesForRecordHash(t.size, leaf, t.reader())
	if err != nil {
		return fmt.Errorf("add to the tree: %w", err)
	}
	at := tlog.StoredHashIndex(0, t.size)
	for level, hash := range hashes {
		t.spine[at+int64(level)] = hash
		if level > 0 { // the two below it are not needed any more
			n := t.size >> level
			delete(t.spine, tlog.StoredHashIndex(level-1, 2*n))
			delete(t.spine, tlog.StoredHashIndex(level-1, 2*n+1))
		}
	}
	t.size++
	return nil
}

// Root is the hash of all events taken.
func (t *Tree) Root() (tlog.Hash, error) { return tlog.TreeHash(t.size, t.reader()) }

func (t *Tree) reader() tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hash, ok := t.spine[index]
			if !ok {
				return nil, fmt.Errorf("the tree does not hold hash %d", index)
			}
			hashes[i] = hash
		}
		return hashes, nil
	})
}
