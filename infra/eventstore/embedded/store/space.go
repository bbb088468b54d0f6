package store

import "time"

const spaceInterval = 200 * time.Millisecond

// space knows how much of the disk is free, asked at most every 200 ms, or when the disk was found full. Pebble does
// not survive a full disk, so appends are refused before it is one. Only the sequencer uses it.
type space struct {
	options *Options
	ballast *ballast
	asked   time.Time
	free    uint64
	short   bool
}

// allows reports whether size more bytes leave the reserve free. What a group writes is taken off until the disk is
// asked again; twice, as Pebble writes it to its log and to a table.
func (s *space) allows(size int) bool {
	if now := time.Now(); now.Sub(s.asked) > spaceInterval || s.ballast.met.Load() {
		s.ask(now)
	}
	need := 2 * uint64(size)
	if s.free < need || s.free-need < s.options.ReserveBytes {
		return false
	}
	s.free -= need
	return true
}

func (s *space) ask(now time.Time) {
	s.ballast.met.Store(false)
	free, err := s.options.FreeSpace(s.options.Dir)
	if err != nil {
		s.options.Logger.Error("event store: free disk space unknown", "error", err)
		return // go by the last answer
	}
	s.asked, s.free = now, free
	s.ballast.keep(free, s.options.ReserveBytes)
	if short := free < s.options.ReserveBytes; short != s.short {
		s.short = short
		if short {
			s.options.Logger.Error("event store: appends are refused until disk space is freed", "free", free, "reserve", s.options.ReserveBytes)
		} else {
			s.options.Logger.Info("event store: disk space is back, appends are taken", "free", free)
		}
	}
}
