package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"
)

const socketName = "control.sock"

// SnapshotsDir is where below a data directory snapshots lie until they are given up. What lies there when a process
// starts is left over.
const SnapshotsDir = "snapshots"

// Actions are what the process can do. A nil one is answered as not to be had.
type Actions struct {
	// Snapshot writes the truth below the data directory as it is now to dir, which it makes.
	Snapshot func(ctx context.Context, dir string) error
	// Scavenge answers what it removed, fit for JSON.
	Scavenge func(ctx context.Context) (any, error)
	// SignInLink makes a link that signs a browser in, once.
	SignInLink func() (string, error)
}

// Server is an open door.
type Server struct {
	dir     string
	at      *os.File
	http    *http.Server
	logger  *slog.Logger
	serving sync.WaitGroup
	stop    context.CancelFunc
}

// Serve opens the door of dir, which this process alone has open. Snapshots that an earlier process left are removed.
func Serve(dir string, a Actions, logger *slog.Logger) (*Server, error) {
	if err := os.RemoveAll(filepath.Join(dir, SnapshotsDir)); err != nil {
		return nil, fmt.Errorf("remove old snapshots: %w", err)
	}
	at, err := os.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open the operator's door: %w", err)
	}
	listener, err := listen(dir, at)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the operator's door in %s: %w", dir, err), at.Close())
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{dir: dir, at: at, logger: logger, stop: stop}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /snapshot", func(w http.ResponseWriter, r *http.Request) { s.snapshot(w, r, a.Snapshot) })
	mux.HandleFunc("POST /scavenge", func(w http.ResponseWriter, r *http.Request) { s.scavenge(w, r, a.Scavenge) })
	mux.HandleFunc("POST /sign-in-link", func(w http.ResponseWriter, _ *http.Request) { signInLink(w, a.SignInLink) })
	s.http = &http.Server{
		Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	s.serving.Go(func() {
		if err := s.http.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			logger.Error("the operator's door is closed", "error", err)
		}
	})
	return s, nil
}

// listen makes the socket so that nobody but the owner can use it at any moment.
func listen(dir string, at *os.File) (net.Listener, error) {
	if err := os.Remove(filepath.Join(dir, socketName)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	listener, err := net.Listen("unix", socketIn(at))
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(filepath.Join(dir, socketName), 0o600); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	return listener, nil
}

// socketIn names the socket by its open directory: the address of a socket holds 107 bytes, a path may be longer.
func socketIn(at *os.File) string {
	return filepath.Join("/proc/self/fd", strconv.Itoa(int(at.Fd())), socketName)
}

// Close ends what runs, waits for it, and closes the door.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	err := s.http.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.http.Close())
	}
	s.serving.Wait()
	return errors.Join(err, s.at.Close())
}

// snapshot makes a snapshot, answers where below the data directory it is, and removes it when the caller hangs up, in whatever way it ends.
func (s *Server) snapshot(w http.ResponseWriter, r *http.Request, take func(context.Context, string) error) {
	if take == nil {
		refuse(w, errors.New("this process holds nothing to back up: its engines are elsewhere / 该进程没有可备份的本地数据"))
		return
	}
	name := filepath.Join(SnapshotsDir, uuid.NewString())
	dir := filepath.Join(s.dir, name)
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			s.logger.Error("a snapshot could not be removed", "error", err)
		}
	}()
	if err := errors.Join(os.MkdirAll(dir, 0o700), take(r.Context(), dir)); err != nil {
		refuse(w, err)
		return
	}
	answer(w, name)
	if err := http.NewResponseController(w).Flush(); err != nil {
		return
	}
	<-r.Context().Done()
}

func (s *Server) scavenge(w http.ResponseWriter, r *http.Request, scavenge func(context.Context) (any, error)) {
	if scavenge == nil {
		refuse(w, errors.New("this process holds no event store: scavenge where it is / 该进程没有内嵌事件库"))
		return
	}
	removed, err := scavenge(r.Context())
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, removed)
}

func signInLink(w http.ResponseWriter, make func() (string, error)) {
	if make == nil {
		refuse(w, errors.New("this process serves no page: ask for a link where the role api runs / 该进程不提供页面，请在运行 api 角色的进程处获取链接"))
		return
	}
	link, err := make()
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, link)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // the caller has hung up
}

func refuse(w http.ResponseWriter, err error) { http.Error(w, err.Error(), http.StatusConflict) }
