package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	natsd "github.com/nats-io/nats-server/v2/server"
)

const (
	watchEvery   = 250 * time.Millisecond
	restartAfter = 10 * watchEvery // between failed restarts
)

// watch owns the running server: it looks after the store until Close, and restarts the server where the store was
// taken away or JetStream has switched itself off. nats-server itself does neither: it goes on writing to files that
// no longer have a name, and after a full disk it stays off.
func (s *Server) watch(host string, port int) {
	defer close(s.done)
	defer s.halt()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	suspect := false
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
		}
		deleted, off := s.storeDeleted(), s.off()
		if !off && (!deleted || !suspect) { // a stream may be on its way in or out: believe the second look
			suspect = deleted
			continue
		}
		suspect = false
		s.logger.Warn("the bus server is restarted; the relay fills it again", "store_deleted", deleted, "switched_off", off)
		if !s.restart(host, port, deleted) {
			return
		}
	}
}

// restart stops the server and tries until a new one is up; false when the Server was closed meanwhile. What is left of
// a deleted store is cleared away, since half a store is worse than none.
func (s *Server) restart(host string, port int, clear bool) bool {
	s.halt()
	for {
		err := s.clear(clear)
		if err == nil {
			err = s.start(host, port)
		}
		if err == nil {
			s.logger.Info("the bus server is back")
			return true
		}
		s.logger.Error("the bus server could not be restarted, trying again", "error", err)
		select {
		case <-s.stop:
			return false
		case <-time.After(restartAfter):
		}
	}
}

func (s *Server) clear(needed bool) error {
	if !needed {
		return nil
	}
	return os.RemoveAll(s.storeDir())
}

func (s *Server) off() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running == nil || !s.running.Running() || !s.running.JetStreamEnabled()
}

// storeDeleted reports whether the store's directory, or what a stream must have in it, is gone.
func (s *Server) storeDeleted() bool {
	s.mu.Lock()
	server, made := s.running, s.store
	s.mu.Unlock()
	now, err := os.Stat(s.storeDir())
	if err != nil || !os.SameFile(made, now) {
		return true
	}
	if server == nil {
		return false
	}
	detail, err := server.JszAccount(&natsd.JSzOptions{Account: natsd.DEFAULT_GLOBAL_ACCOUNT, Streams: true})
	if err != nil {
		return false // no stream was made yet
	}
	for _, stream := range detail.Streams {
		if s.streamDeleted(stream) {
			return true
		}
	}
	return false
}

func (s *Server) streamDeleted(stream natsd.StreamDetail) bool {
	dir := filepath.Join(s.storeDir(), natsd.DEFAULT_GLOBAL_ACCOUNT, "streams", stream.Name)
	if _, err := os.Stat(filepath.Join(dir, natsd.JetStreamMetaFile)); err != nil {
		return true
	}
	return stream.State.Msgs > 0 && !hasBlock(filepath.Join(dir, "msgs"))
}

func hasBlock(dir string) bool {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".blk") {
			return true
		}
	}
	return false
}
