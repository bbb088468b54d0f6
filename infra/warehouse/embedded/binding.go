package embedded

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// binding is the part of the engine's C interface that is used here, one field per C function. Handles are opaque
// addresses in the engine's own memory; Go's collector knows nothing of them.
type binding struct {
	version    func() string
	setSignals func(enabled int32)

	connect func(argc int32, argv unsafe.Pointer) *uintptr
	close   func(conn *uintptr)

	classify func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, database unsafe.Pointer, databaseLen uintptr, analysis unsafe.Pointer) int32

	query        func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr
	streamQuery  func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr
	streamFetch  func(conn, result uintptr) uintptr
	streamCancel func(conn, result uintptr)

	insertOpen    func(conn uintptr, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr, names, nameLens, values, valueLens unsafe.Pointer, count uintptr) uintptr
	insertAppend  func(stream uintptr, data unsafe.Pointer, length uintptr) int32
	insertDone    func(stream uintptr) uintptr
	insertCancel  func(stream uintptr)
	insertError   func(stream uintptr) string
	insertDestroy func(stream uintptr)

	resultBuffer      func(result uintptr) unsafe.Pointer
	resultLength      func(result uintptr) uintptr
	resultError       func(result uintptr) string
	resultRowsRead    func(result uintptr) uint64
	resultRowsWritten func(result uintptr) uint64
	resultDestroy     func(result uintptr)
}

// symbols pairs each field of b with the name of its C function.
func (b *binding) symbols() []struct {
	name string
	into any
} {
	type symbol = struct {
		name string
		into any
	}
	return []symbol{
		{"chdb_version", &b.version},
		{"chdb_set_signal_handlers_enabled", &b.setSignals},
		{"chdb_connect", &b.connect},
		{"chdb_close_conn", &b.close},
		{"chdb_classify_query_n", &b.classify},
		{"chdb_query_with_params_n", &b.query},
		{"chdb_stream_query_with_params_n", &b.streamQuery},
		{"chdb_stream_fetch_result", &b.streamFetch},
		{"chdb_stream_cancel_query", &b.streamCancel},
		{"chdb_stream_insert_with_params_n", &b.insertOpen},
		{"chdb_stream_append", &b.insertAppend},
		{"chdb_stream_done", &b.insertDone},
		{"chdb_stream_cancel_insert", &b.insertCancel},
		{"chdb_stream_insert_error", &b.insertError},
		{"chdb_destroy_insert_stream", &b.insertDestroy},
		{"chdb_result_buffer", &b.resultBuffer},
		{"chdb_result_length", &b.resultLength},
		{"chdb_result_error", &b.resultError},
		{"chdb_result_storage_rows_read", &b.resultRowsRead},
		{"chdb_result_rows_written", &b.resultRowsWritten},
		{"chdb_destroy_query_result", &b.resultDestroy},
	}
}

// bind loads the shared library at path and finds its functions.
func bind(path string) (*binding, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	b := &binding{}
	for _, s := range b.symbols() {
		address, err := purego.Dlsym(handle, s.name)
		if err != nil {
			return nil, fmt.Errorf("load %s: no %s: %w", path, s.name, err)
		}
		purego.RegisterFunc(s.into, address)
	}
	return b, nil
}

// setenv sets a variable for C code. os.Setenv does not reach it without cgo.
func setenv(name, value string) error {
	address, err := purego.Dlsym(purego.RTLD_DEFAULT, "setenv")
	if err != nil {
		return fmt.Errorf("find setenv: %w", err)
	}
	var set func(name, value string, overwrite int32) int32
	purego.RegisterFunc(&set, address)
	if set(name, value, 1) != 0 {
		return fmt.Errorf("set %s: refused", name)
	}
	return nil
}

// arguments holds Go strings as the parallel arrays of addresses and lengths that the C functions take, and keeps
// them in place until release.
type arguments struct {
	pinner    runtime.Pinner
	addresses []unsafe.Pointer
	lengths   []uintptr
}

// newArguments lays out values; with terminated, each gets the NUL byte that C strings end in.
func newArguments(values []string, terminated bool) *arguments {
	a := &arguments{}
	for _, v := range values {
		b := append(make([]byte, 0, len(v)+1), v...)
		if terminated || len(b) == 0 {
			b = append(b, 0)
		}
		a.pinner.Pin(&b[0])
		a.addresses = append(a.addresses, unsafe.Pointer(&b[0]))
		a.lengths = append(a.lengths, uintptr(len(v)))
	}
	if len(values) > 0 {
		a.pinner.Pin(&a.addresses[0])
		a.pinner.Pin(&a.lengths[0])
	}
	return a
}

func (a *arguments) pointers() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(a.addresses)) }
func (a *arguments) sizes() unsafe.Pointer    { return unsafe.Pointer(unsafe.SliceData(a.lengths)) }
func (a *arguments) release()                 { a.pinner.Unpin() }
