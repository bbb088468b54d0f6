package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// used is processor time: the server's, with its children, and the client's, which is this process. Unlike a rate it
// says little of what else the machine does.
type used struct{ server, client time.Duration }

func (u used) minus(before used) used {
	return used{u.server - before.server, u.client - before.client}
}

func (u used) plus(other used) used { return used{u.server + other.server, u.client + other.client} }

// per writes what one of n took.
func (u used) per(n int64) string {
	each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(max(1, n)) }
	return fmt.Sprintf("CPU %.1f µs server, %.1f µs client", each(u.server), each(u.client))
}

// processor reads what a server and this process have used so far.
func processor(server int) used {
	var own syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &own) // it never fails
	u := used{client: time.Duration(own.Utime.Nano() + own.Stime.Nano()), server: ticks(server)}
	children, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", server))
	for _, name := range children {
		b, _ := os.ReadFile(name) // a thread that has ended has no children
		for _, child := range strings.Fields(string(b)) {
			pid, _ := strconv.Atoi(child)
			u.server += ticks(pid)
		}
	}
	return u
}

// ticks reads user and system time of a process, with its children's that have ended, from /proc; hundredths of a second.
func ticks(pid int) (total time.Duration) {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)) // nothing of a process that has ended
	_, rest, _ := strings.Cut(string(b), ") ")
	for i, text := range strings.Fields(rest) {
		if i >= 11 && i <= 14 {
			n, _ := strconv.ParseInt(text, 10, 64)
			total += time.Duration(n) * time.Second / 100
		}
	}
	return total
}
