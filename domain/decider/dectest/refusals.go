package dectest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// EveryRefusal fails for each refusal of the package in the working directory that no row is refused with.
func EveryRefusal[C any](t *testing.T, rows []Row[C]) {
	t.Helper()
	declared, err := refusals(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(declared) == 0 {
		t.Fatal("no refusal was found")
	}
	for _, code := range declared {
		if !slices.ContainsFunc(rows, func(r Row[C]) bool { return r.Refused != nil && r.Refused.Code == code }) {
			t.Errorf("no row is refused with %s", code)
		}
	}
}

// refusals lists the codes that a package's sources pass to fault.New.
func refusals(dir fs.FS) ([]string, error) {
	names, err := fs.Glob(dir, "*.go")
	if err != nil {
		return nil, err
	}
	var codes []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if code, ok := codeOf(n); ok {
				codes = append(codes, code)
			}
			return true
		})
	}
	return codes, nil
}

// codeOf reads the code out of fault.New(kind, "code", …).
func codeOf(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 {
		return "", false
	}
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || fun.Sel.Name != "New" {
		return "", false
	}
	if pkg, ok := fun.X.(*ast.Ident); !ok || pkg.Name != "fault" {
		return "", false
	}
	literal, ok := call.Args[1].(*ast.BasicLit)
	if !ok {
		return "", false
	}
	code, err := strconv.Unquote(literal.Value)
	return code, err == nil
}
