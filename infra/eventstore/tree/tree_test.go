package tree

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

var ledger = uuid.MustParse("0192f3c0-1b1e-7c3a-9d60-0d2b5f0a7c11")

func opened() Event {
	return Event{Stream: []byte("ledger"), ID: uuid.UUID{1}, Type: []byte("LedgerOpened.v1"), JSON: true,
		Metadata: fmt.Appendf(nil, `{"ledger":%q}`, ledger), Data: []byte(`{}`)}
}

func visit(n int) Event {
	return Event{Stream: []byte("elder-1"), Revision: uint64(n), ID: uuid.UUID{2, byte(n >> 8), byte(n)}, Type: []byte("HomeVisitLogged.v1"), JSON: true,
		Metadata: fmt.Appendf(nil, `{"ledger":%q}`, ledger), Data: fmt.Appendf(nil, `{"n":%d}`, n)}
}

func grown(t require.TestingT, events ...Event) (*Tree, Head) {
	tree, head := New(), Head{}
	for _, e := range events {
		leaf, taken, err := tree.Take(e)
		require.NoError(t, err)
		if taken {
			head.Digest(leaf)
		}
	}
	root, err := tree.Root()
	require.NoError(t, err)
	head.Ledger, head.Size, head.Root = tree.Ledger(), tree.Size(), root
	return tree, head
}

func ledgerOf(n int) []Event {
	events := []Event{opened()}
	for i := range n - 1 {
		events = append(events, visit(i))
	}
	return events
}

// The root is the one that the library computes over all stored hashes.
func TestRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := ledgerOf(rapid.IntRange(1, 300).Draw(t, "size"))
		var stored []tlog.Hash
		reader := tlog.HashReaderFunc(func(indexes []int64) (found []tlog.Hash, err error) {
			for _, i := range indexes {
				found = append(found, stored[i])
			}
			return found, nil
		})
		for n, e := range events {
			hashes, err := tlog.StoredHashesForRecordHash(int64(n), Leaf(e), reader)
			require.NoError(t, err)
			stored = append(stored, hashes...)
		}
		want, err := tlog.TreeHash(int64(len(events)), reader)
		require.NoError(t, err)
		tree, head := grown(t, events...)
		require.Equal(t, want, head.Root)
		require.LessOrEqual(t, len(tree.spine), 2*10)
	})
}

// The bytes of a leaf are for ever.
func TestLeafIsFixed(t *testing.T) {
	require.Equal(t, "BzjDXXLaqLp1J2XVOOlASTDcOF5MNyAObOzp7TMsMbk=", Leaf(visit(1)).String())
	binary := visit(1)
	binary.JSON = false
	require.NotEqual(t, Leaf(visit(1)), Leaf(binary))
}

func TestOthersHaveNoNumber(t *testing.T) {
	note, foreign := visit(1), visit(2)
	note.Metadata = []byte(`{}`)
	foreign.Metadata = fmt.Appendf(nil, `{"ledger":%q}`, uuid.UUID{9})
	tree, _ := grown(t, visit(0), note, opened(), foreign, visit(3))
	require.EqualValues(t, 2, tree.Size())
	require.Equal(t, ledger, tree.Ledger())
}

func TestCompare(t *testing.T) {
	_, head := grown(t, ledgerOf(100)...)
	var file bytes.Buffer
	require.NoError(t, head.Write(&file))
	full, err := ReadHead(&file)
	require.NoError(t, err)
	require.Equal(t, head, full)
	short, err := ReadHead(strings.NewReader("all is well\n" + head.Text() + "\nall is well\n"))
	require.NoError(t, err)

	changed, removed, other := ledgerOf(120), append(ledgerOf(50), ledgerOf(120)[51:]...), ledgerOf(100)
	changed[41].Data = []byte(`{"n":0}`)
	for i := range other {
		other[i].Metadata = fmt.Appendf(nil, `{"ledger":%q}`, uuid.UUID{9})
	}
	for _, c := range []struct {
		name       string
		events     []Event
		full, root string
	}{
		{"the same", ledgerOf(100), "", ""},
		{"gone on", ledgerOf(120), "", ""},
		{"one changed", changed, "ledger number 42 is the first", "one of the first 100 events differs"},
		{"one removed", removed, "ledger number 51 is the first", "one of the first 100 events differs"},
		{"cut off", ledgerOf(99), "it ends at ledger number 99", "it ends at ledger number 99"},
		{"another", other, "another ledger", "another ledger"},
		{"nothing", nil, "another ledger", "another ledger"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, of := range []struct {
				head Head
				want string
			}{{full, c.full}, {short, c.root}} {
				tree, comparison := New(), Against(of.head)
				for _, e := range c.events {
					leaf, taken, err := tree.Take(e)
					require.NoError(t, err)
					if taken {
						_, err = comparison.Take(tree, leaf)
						require.NoError(t, err)
					}
				}
				if result := comparison.Result(tree); of.want == "" {
					require.Empty(t, result)
				} else {
					require.Contains(t, result, of.want)
				}
			}
		})
	}
}

func TestNotAHead(t *testing.T) {
	for _, text := range []string{"", "hello", title, title + "\nledger x\nsize 1\nroot y\n", Head{Size: 3}.Text() + "\nAAAAAA==\n" + "AAAAAA==\n"} {
		_, err := ReadHead(strings.NewReader(text))
		require.ErrorIs(t, err, ErrHead, text)
	}
}
