package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/careledger/careledger/domain/fault"
)

// EngineVersion is the version of the engine's npm package that this code is written for; engine/package.json pins it.
const EngineVersion = "26.7.3-stable.1"

// LibraryVariable names the environment variable that holds the path of the engine's library.
const LibraryVariable = "CAREL_ENGINE_LIBRARY"

const libraryName = "libchdb.so" // on macOS too

// The refusals that a person can act on. errors.Is finds them by code.
var (
	// ErrEngineMissing: there is no library in any of the places where it is looked for.
	ErrEngineMissing = fault.New(fault.Unavailable, "engine-missing",
		"未找到 ClickHouse 引擎：请运行 “make engine”，或用 "+LibraryVariable+" 指定 libchdb 的路径",
		"the ClickHouse engine is not installed: run \"make engine\", or set "+LibraryVariable+" to the path of libchdb")
	// ErrEngineForeign: the file is no such library, or one of another version.
	ErrEngineForeign = fault.New(fault.Unavailable, "engine-foreign",
		"该文件不是 ClickHouse 引擎 "+EngineVersion+"：请运行 “make engine” 重新安装，或改正 "+LibraryVariable,
		"this file is not the ClickHouse engine "+EngineVersion+": run \"make engine\" to install it again, or correct "+LibraryVariable)
	// ErrInUse: another process has the data directory open.
	ErrInUse = fault.New(fault.Unavailable, "warehouse-in-use",
		"数据目录正被另一个进程使用：请先停止它，或换一个目录",
		"another process uses this data directory: stop it first, or choose another directory")
	// ErrPasswordNeeded: other machines could reach the address.
	ErrPasswordNeeded = fault.New(fault.Unavailable, "warehouse-password-needed",
		"监听非本机地址需要密码：请设置 CAREL_WAREHOUSE_PASSWORD，或改为监听 127.0.0.1",
		"listening beyond this machine needs a password: set CAREL_WAREHOUSE_PASSWORD, or listen on 127.0.0.1")
	// ErrDirectoryGone: the data directory was deleted or replaced while it was open.
	ErrDirectoryGone = fault.New(fault.Unavailable, "warehouse-directory-gone",
		"数据目录在运行中被删除：请重新启动，数据会从台账重建",
		"the data directory was deleted while it was in use: start again, its content is rebuilt from the ledger")
)

// hint adds where to look to a refusal: one line, both languages, and what it is about.
func hint(refusal *fault.Error, about string, cause error) error {
	if cause != nil {
		about += ": " + strings.Join(strings.Fields(cause.Error()), " ")
	}
	return fmt.Errorf("%w / %s (%s)", refusal, refusal.Chinese, about)
}

// Locate finds the engine's library: configured when that is not empty, else CAREL_ENGINE_LIBRARY, else the cache that
// engine/install.sh fills, else beside this executable. It does not load it. It fails with ErrEngineMissing.
func Locate(configured string) (string, error) {
	if configured == "" {
		configured = os.Getenv(LibraryVariable)
	}
	if configured != "" {
		return present(configured)
	}
	dirs := libraryDirectories()
	for _, dir := range dirs {
		if path, err := present(filepath.Join(dir, libraryName)); err == nil {
			return path, nil
		}
	}
	return "", hint(ErrEngineMissing, filepath.Join(dirs[0], libraryName), nil)
}

func present(path string) (string, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", hint(ErrEngineMissing, path, nil)
	case err != nil:
		return "", hint(ErrEngineMissing, path, err)
	case !info.Mode().IsRegular():
		return "", hint(ErrEngineForeign, path, nil)
	}
	return filepath.Abs(path)
}

// libraryDirectories are where the library may be; the first is where it is installed.
func libraryDirectories() []string {
	var dirs []string
	cache := os.Getenv("XDG_CACHE_HOME")
	if home, err := os.UserHomeDir(); cache == "" && err == nil {
		cache = filepath.Join(home, ".cache")
	}
	if cache != "" {
		dirs = append(dirs, filepath.Join(cache, "careledger", "engine-"+EngineVersion))
	}
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	return append(dirs, filepath.Dir(exe))
}

// The engine's allocator reads this variable when the library is loaded. Memory that a statement has left goes back to the
// system after 100 ms: the peak of greedy statements is then a third above the limit instead of two thirds. At 0 ms it
// would be the limit, and large queries three times slower.
const (
	allocatorVariable = "JE_MALLOC_CONF"
	allocatorOptions  = "dirty_decay_ms:100,muzzy_decay_ms:0"
)

// load loads the library and makes sure that it is the engine, in the version that this code was written for.
func load(path string) (*binding, error) {
	if os.Getenv(allocatorVariable) == "" {
		if err := setenv(allocatorVariable, allocatorOptions); err != nil {
			return nil, fmt.Errorf("load engine: %w", err)
		}
	}
	lib, err := bind(path)
	if err != nil {
		return nil, hint(ErrEngineForeign, path, err)
	}
	if found := lib.version(); !isPinned(found) {
		return nil, hint(ErrEngineForeign, path+" is version "+found, nil)
	}
	return lib, nil
}

// Check loads the library at path, and refuses it as a start would.
func Check(path string) error {
	_, err := load(path)
	return err
}

// isPinned reports whether the version that a library names is the one that EngineVersion packages.
func isPinned(found string) bool {
	wanted, _, _ := strings.Cut(EngineVersion, "-")
	return found == wanted
}
