package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

const notBuilt = "The page has not been built: run `make build` and start again.\n页面尚未构建：请运行 make build 后重新启动。\n"

// Handler serves the page's files: those below assets/ for ever (their names hold their hash), the rest afresh each time.
// A path that is no file is the page itself. Files are sent as the .gz beside them where the client takes it.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil { // dist is embedded under exactly this name
		return http.NotFoundHandler()
	}
	return handler{files}
}

type handler struct{ files fs.FS }

func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if !h.has(name) {
		if path.Ext(name) != "" && name != "index.html" {
			http.NotFound(w, r)
			return
		}
		name = "index.html"
	}
	if !h.has(name) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(notBuilt)) // the client is gone if this fails
		return
	}
	header := w.Header()
	header.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
	header.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(name, "assets/") {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		header.Set("Cache-Control", "no-cache")
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && h.has(name+".gz") {
		header.Set("Content-Encoding", "gzip")
		header.Set("Content-Type", contentType(name))
		name += ".gz"
	}
	http.ServeFileFS(w, r, h.files, name)
}

// has reports whether name is a file; a folder is none, nor is what hides.
func (h handler) has(name string) bool {
	if name == "" || strings.HasPrefix(path.Base(name), ".") {
		return false
	}
	info, err := fs.Stat(h.files, name)
	return err == nil && !info.IsDir()
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json", ".webmanifest":
		return "application/json"
	}
	return "application/octet-stream"
}
