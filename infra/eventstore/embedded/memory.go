package embedded

import (
	"os"
	"runtime/debug"
)

// memoryBound leaves room below 300 MB for the program itself and for what the runtime does not count.
const memoryBound = 240 << 20

// BoundMemory has the garbage collector keep a process that runs a store and nothing else small, unless the operator
// has set GOMEMLIMIT. The bound is soft: what large appends need beyond it is there, and collecting takes more time.
func BoundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryBound)
	}
}
