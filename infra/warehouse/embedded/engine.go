package embedded

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

const (
	statementsAtOnce   = 4  // a connection runs one statement; more would only share two threads
	statementsWaiting  = 64 // beyond that a client is told to come back later
	statementThreads   = 2
	statementSeconds   = 300 // unless the request says otherwise
	defaultMemoryBytes = 1_000_000_000
	minimumMemoryBytes = 300_000_000
)

// engine is the open database: one data path, a control connection held for life, and a bounded number of sessions.
type engine struct {
	lib       *binding
	arguments []string

	control sync.Mutex // serialises the use of held
	held    *uintptr

	slots   chan struct{}
	waiting atomic.Int64
	rest    resting
	number  atomic.Uint64 // names sessions, so that one can be found and stopped
}

// openEngine opens the database below dir, which must exist.
func openEngine(lib *binding, dir string, memory int64) (*engine, error) {
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(config), 0o600); err != nil {
		return nil, fmt.Errorf("open warehouse %s: %w", dir, err)
	}
	e := &engine{lib: lib, arguments: engineArguments(dir, memory), slots: make(chan struct{}, statementsAtOnce)}
	if _, err := os.Getwd(); err != nil { // it was removed, and the engine refuses to be anywhere that is not there
		if err := os.Chdir("/"); err != nil {
			return nil, fmt.Errorf("open warehouse %s: %w", dir, err)
		}
	}
	lib.setSignals(0) // before the first connection: the signals are Go's
	held, err := e.connect()
	if err != nil {
		return nil, fmt.Errorf("open warehouse %s: %w", dir, err)
	}
	e.held = held
	if _, err := e.direct("CREATE DATABASE IF NOT EXISTS " + home + " ENGINE = Atomic"); err != nil {
		return nil, fmt.Errorf("open warehouse %s: %w", dir, err)
	}
	return e, nil
}

// config is what the engine takes from a file only.
//
// What a merge or a deletion wrote is synced: the parts that it came from, which were, are deleted within a minute.
//
// The heuristic takes the small parts out of a merge until a large one and two small ones are left of it: each insert into a
// small table had all of it written again.
const (
	configName = "engine.xml"
	config     = `<clickhouse>
	<merge_tree>
		<min_compressed_bytes_to_fsync_after_merge>1</min_compressed_bytes_to_fsync_after_merge>
		<merge_selector_enable_heuristic_to_remove_small_parts_at_right>0</merge_selector_enable_heuristic_to_remove_small_parts_at_right>
	</merge_tree>
</clickhouse>
`
)

// engineArguments are the options of the engine (whole process) and the settings that every connection starts with.
func engineArguments(dir string, memory int64) []string {
	percent := func(p int64) string { return strconv.FormatInt(memory/100*p, 10) }
	return []string{
		"careledger-warehouse",
		"--path=" + dir,
		"--max_server_memory_usage=" + percent(100),
		"--mark_cache_size=" + percent(5),
		"--index_mark_cache_size=" + percent(1),
		"--uncompressed_cache_size=0",
		"--mmap_cache_size=128",
		"--compiled_expression_cache_size=" + percent(1),
		"--background_pool_size=2",
		"--background_common_pool_size=2",
		"--background_schedule_pool_size=4",
		"--background_move_pool_size=1",
		"--background_fetches_pool_size=1",
		"--max_thread_pool_size=100",
		"--os_threads_nice_value_merge_mutate=10", // a merge can wait, a person cannot
		"--config-file=" + filepath.Join(dir, configName),

		"--max_threads=" + strconv.Itoa(statementThreads),
		"--max_threads_min_free_memory_per_thread=0", // else one thread for all, with less than 1 GB
		"--max_insert_threads=1",
		"--max_execution_time=" + strconv.Itoa(statementSeconds),
		"--max_memory_usage=" + percent(70),
		"--max_bytes_before_external_group_by=" + percent(35),
		"--max_bytes_before_external_sort=" + percent(35),
		"--session_timezone=UTC",
		"--implicit_select=0",
		"--allow_introspection_functions=0",
		"--query_profiler_real_time_period_ns=0",
		"--query_profiler_cpu_time_period_ns=0",
	}
}

func (e *engine) connect() (*uintptr, error) {
	a := newArguments(e.arguments, true)
	defer a.release()
	c := e.lib.connect(int32(len(e.arguments)), a.pointers())
	if c == nil {
		return nil, errors.New("the engine cannot open its directory; it can be deleted and is filled anew from the log / 引擎无法打开其目录；该目录可删除，会由日志重建")
	}
	return c, nil
}

// ping runs SELECT 1 apart from all sessions, so that long statements do not look like a hang.
func (e *engine) ping() error {
	_, err := e.direct("SELECT 1")
	return err
}

// direct runs a short statement on the control connection.
func (e *engine) direct(sql string) (stats, error) {
	e.control.Lock()
	defer e.control.Unlock()
	if e.held == nil {
		return stats{}, errClosed
	}
	return e.lib.run(*e.held, sql, "TabSeparated", nil, func([]byte) error { return nil })
}

// session waits for a free slot, and takes a connection that is set up as the request asks, or opens one.
func (e *engine) session(ctx context.Context, r request) (*session, error) {
	if e.waiting.Add(1) > statementsWaiting {
		e.waiting.Add(-1)
		return nil, newException(codeTooManyStatements, "Too many simultaneous queries", "TOO_MANY_SIMULTANEOUS_QUERIES")
	}
	defer e.waiting.Add(-1)
	select {
	case e.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a free connection: %w", context.Cause(ctx))
	}
	if s := e.rest.take(r.setup()); s != nil {
		return s, nil
	}
	c, err := e.connect()
	if err != nil {
		<-e.slots
		return nil, err
	}
	s := &session{engine: e, conn: c, mark: "session-" + strconv.FormatUint(e.number.Add(1), 10), setup: r.setup()}
	if err := s.configure(r); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// stop ends the statement of the session so marked, asking again until done is closed: at first it may not have begun.
func (e *engine) stop(mark string, done <-chan struct{}) {
	const again = 100 * time.Millisecond
	for {
		_, err := e.direct("KILL QUERY WHERE Settings['log_comment'] = '" + mark + "' ASYNC")
		if errors.Is(err, errClosed) {
			return
		}
		select {
		case <-done:
			return
		case <-time.After(again):
		}
	}
}

// close ends the engine once all sessions are over, or answers ctx's error while some still run.
func (e *engine) close(ctx context.Context) error {
	for range cap(e.slots) {
		select {
		case e.slots <- struct{}{}:
		case <-ctx.Done():
			return fmt.Errorf("close warehouse: statements still run: %w", ctx.Err())
		}
	}
	e.rest.end()
	e.control.Lock()
	defer e.control.Unlock()
	if e.held != nil {
		e.lib.close(e.held)
		e.held = nil
	}
	return nil
}

var errClosed = errors.New("the warehouse is closed")

// analysis is the C structure that the engine's parser fills in.
type analysis struct {
	size, statements, flags, class uint32
}

// statements counts the statements in sql by the engine's own parser; 0 when it does not parse.
func (b *binding) statements(conn uintptr, sql string) int {
	a := newArguments([]string{sql}, false)
	defer a.release()
	out := &analysis{}
	out.size = uint32(unsafe.Sizeof(*out))
	if b.classify(conn, a.addresses[0], a.lengths[0], nil, 0, unsafe.Pointer(out)) != 0 {
		return 0
	}
	return int(out.statements)
}
