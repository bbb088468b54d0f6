package report

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/careledger/careledger/domain/fault"
)

// FontVersion is the version of the font's npm package; font/package.json pins it.
const FontVersion = "0.4.3"

// FontVariable names the environment variable that holds the path of another font: TrueType (.ttf) with Chinese.
const FontVariable = "CAREL_FONT"

const fontFile = "NotoSansSC_400Regular.ttf"

// ErrFont is answered where no font is found, or the one that is there cannot be used.
var ErrFont = fault.New(fault.Unavailable, "font-missing",
	"未找到可用的中文字体，无法生成 PDF：请在服务所在机器上运行 “make font”，或用 "+FontVariable+" 指定一个含中文的 TrueType 字体（.ttf）；XLSX 报表不受影响。",
	"No font with Chinese can be used, so no PDF is made: run \"make font\" on the server's machine, or set "+FontVariable+" to a TrueType font (.ttf) with Chinese. The XLSX needs none.")

// Locate finds the font: the one that CAREL_FONT names, else the one in the cache that font/install.sh fills, else one
// beside this executable. ErrFont where there is none.
func Locate() (string, error) {
	if path := os.Getenv(FontVariable); path != "" {
		return present(path)
	}
	for _, dir := range directories() {
		if path, err := present(filepath.Join(dir, fontFile)); err == nil {
			return path, nil
		}
	}
	return "", ErrFont
}

func present(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("%w (%s)", ErrFont, filepath.Base(path))
	}
	return path, nil
}

func directories() []string {
	var dirs []string
	cache := os.Getenv("XDG_CACHE_HOME")
	if home, err := os.UserHomeDir(); cache == "" && err == nil {
		cache = filepath.Join(home, ".cache")
	}
	if cache != "" {
		dirs = append(dirs, filepath.Join(cache, "careledger", "font-"+FontVersion))
	}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe))
	}
	return dirs
}
