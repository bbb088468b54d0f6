package tree

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Comparison holds a ledger that is being read against an earlier head of it.
type Comparison struct {
	head    Head
	differs uint64 // number of the first event whose digest differs, 0 without
	root    *tlog.Hash
}

// Against compares with head.
func Against(head Head) *Comparison { return &Comparison{head: head} }

// Take looks at a leaf that t has just taken, and reports whether it is the first one that differs.
func (c *Comparison) Take(t *Tree, leaf tlog.Hash) (differs bool, err error) {
	number := t.Size()
	if number == c.head.Size {
		root, err := t.Root()
		if err != nil {
			return false, err
		}
		c.root = &root
	}
	if c.differs == 0 && number <= uint64(len(c.head.digests)) && c.head.digests[number-1] != digest(leaf) {
		c.differs = number
		return true, nil
	}
	return false, nil
}

// Result says what differs, "" where the ledger of t goes on from the head and holds all that it held.
func (c *Comparison) Result(t *Tree) string {
	switch {
	case c.head.Size == 0:
		return ""
	case t.Ledger() != c.head.Ledger:
		return "it is another ledger / 不是同一账本"
	case c.differs > 0:
		return fmt.Sprintf("ledger number %d is the first that differs / 自账本序号 %d 起不一致", c.differs, c.differs)
	case t.Size() < c.head.Size:
		return fmt.Sprintf("it ends at ledger number %d and held %d before: all after it is missing / 账本止于 %d，此前有 %d 条，其后缺失",
			t.Size(), c.head.Size, t.Size(), c.head.Size)
	case *c.root != c.head.Root:
		return fmt.Sprintf("one of the first %d events differs; only a file of `verify --head FILE` can tell which / 前 %d 条中有不一致，需 --head 写出的文件方能定位",
			c.head.Size, c.head.Size)
	}
	return ""
}
