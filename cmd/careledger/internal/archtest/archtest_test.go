// Package archtest holds the one rule of the tree: imports point inward.
package archtest

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/careledger/careledger/"

// allowedValues are the value libraries that domain and projections may import beside the standard library.
var allowedValues = []string{"github.com/google/uuid", "github.com/go-json-experiment/json", "github.com/go-json-experiment/json/jsontext"}

// allowedDistributions are what projections may import beside: a forecast's probabilities are pure functions, and those of
// a library are better than our own.
var allowedDistributions = []string{"gonum.org/v1/gonum/stat/distuv"}

func TestImportsPointInward(t *testing.T) {
	root := filepath.Join("..", "..", "..", "..")
	checked := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		from, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		checked++
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			if why := forbidden(filepath.ToSlash(from), name); why != "" {
				t.Errorf("%s imports %s: %s", path, name, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 50 {
		t.Fatalf("only %d files were looked at: the walk starts in the wrong place", checked)
	}
}

// forbidden says why a package of one room may not import another; "" where it may.
func forbidden(from, name string) string {
	to, ours := strings.CutPrefix(name, module)
	fromRoom, toRoom := first(from), first(to)
	testHelper := strings.HasSuffix(from, "test") || strings.HasSuffix(from, "golden") || strings.HasSuffix(from, "contract")
	switch {
	case testHelper:
		return ""
	case !ours && (fromRoom == "domain" || fromRoom == "projections") && strings.Contains(first(name), "."):
		if slices.Contains(allowedValues, name) || fromRoom == "projections" && slices.Contains(allowedDistributions, name) {
			return ""
		}
		return "domain and projections import the standard library and value libraries only"
	case !ours:
		return ""
	case fromRoom == "domain" && toRoom != "domain":
		return "domain imports nothing further out"
	case fromRoom == "projections" && toRoom != "domain" && toRoom != "projections":
		return "projections import domain only"
	case fromRoom == "infra" && toRoom == "cmd":
		return "adapters do not know the program"
	case fromRoom == "infra" && toRoom == "infra" && adapter(from) != adapter(to):
		return "adapters never import each other"
	case fromRoom == "cmd" && toRoom == "infra" && strings.HasPrefix(from, "cmd/careledger/internal/") && from != "cmd/careledger/internal/app":
		return "only internal/app knows the adapters"
	}
	return ""
}

func first(path string) string {
	head, _, _ := strings.Cut(path, "/")
	return head
}

func adapter(path string) string {
	parts := strings.SplitN(path, "/", 3)
	if len(parts) < 2 {
		return path
	}
	return parts[1]
}

func TestTheRuleIsAbleToRefuse(t *testing.T) {
	for _, c := range []struct{ from, to string }{
		{"domain/elder", module + "infra/eventstore"},
		{"domain/elder", "github.com/nats-io/nats.go"},
		{"domain/plan", "gonum.org/v1/gonum/stat/distuv"},
		{"projections/forecast", "gonum.org/v1/gonum/mat"},
		{"projections/facts", module + "infra/warehouse"},
		{"infra/bus", module + "infra/eventstore"},
		{"infra/vault", module + "cmd/careledger/internal/app"},
		{"cmd/careledger/internal/demo", module + "infra/vault"},
	} {
		if forbidden(c.from, c.to) == "" {
			t.Errorf("%s may import %s", c.from, c.to)
		}
	}
}
