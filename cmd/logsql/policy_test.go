package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// DO NOT CHANGE THIS DATA TO FIX BUILDS: it is the architecture. A new line here
// wants a reason in ARCHITECTURE.md.

// rooms in the order of the data's way; a package imports only from its own
// room and from those before it.
var rooms = []string{"ingest", "convert", "sql", "cmd"}

// owners are the only packages that may import what they own.
var owners = []struct{ path, owner string }{
	{"github.com/aws/", "ingest/s3"},
	{"github.com/mattn/go-sqlite3", "ingest/mirror"},
	{"github.com/parquet-go/", "convert/batch"},
	{"github.com/duckdb/", "sql/duck"},
	{"github.com/spf13/", "cmd/logsql/internal/cli"},
	{"github.com/jedib0t/", "cmd/logsql/internal"},
	{"github.com/mattn/go-isatty", "cmd/logsql/internal/cli"},
	{"github.com/reeflective/", "cmd/logsql/internal/shell"},
}

// pure packages work on values alone: no files, no network, no database.
var (
	pure   = []string{"ingest/layout", "convert/schema", "sql/syntax", "sql/bind", "sql/lower", "sql/funcs", "sql/jsonpath"}
	impure = []string{"os", "os/exec", "net", "net/http", "database/sql", "io/ioutil", "syscall"}
)

// alone are packages that import nothing of ours.
var alone = []string{"ingest/layout", "convert/schema"}

func TestImportPolicy(t *testing.T) {
	eachFile(t, func(dir string, fset *token.FileSet, file *ast.File) {
		for _, spec := range file.Imports {
			path, _ := strconv.Unquote(spec.Path.Value)
			for _, complaint := range judge(dir, path) {
				t.Errorf("%s imports %s: %s", fset.Position(spec.Pos()), path, complaint)
			}
		}
	})
}

func judge(dir, path string) (complaints []string) {
	if ours, ok := strings.CutPrefix(path, "logsql/"); ok {
		if room(ours) > room(dir) {
			complaints = append(complaints, "imports point upstream only, cmd → sql → convert → ingest")
		}
		if slices.Contains(alone, dir) {
			complaints = append(complaints, dir+" imports nothing of ours")
		}
	}
	for _, o := range owners {
		if strings.HasPrefix(path, o.path) && !within(dir, o.owner) {
			complaints = append(complaints, "only "+o.owner+" does")
		}
	}
	if slices.Contains(pure, dir) && slices.Contains(impure, path) {
		complaints = append(complaints, dir+" does no I/O")
	}
	return complaints
}

// TestPolicyJudges keeps the judge from going blind.
func TestPolicyJudges(t *testing.T) {
	for _, c := range []struct {
		dir, path string
		allowed   bool
	}{
		{"ingest/mirror", "logsql/convert/schema", false},
		{"convert/lake", "logsql/ingest/mirror", true},
		{"convert", "logsql/sql", false},
		{"sql/bind", "logsql/convert/schema", true},
		{"sql/bind", "os", false},
		{"ingest/s3", "github.com/aws/aws-sdk-go-v2/config", true},
		{"ingest", "github.com/aws/aws-sdk-go-v2/config", false},
		{"ingest/s3/s3test", "github.com/aws/aws-sdk-go-v2/config", true},
		{"convert/lake", "github.com/parquet-go/parquet-go", false},
		{"sql", "github.com/duckdb/duckdb-go/v2", false},
		{"cmd/logsql/internal/cli", "github.com/spf13/cobra", true},
	} {
		if got := judge(c.dir, c.path); (len(got) == 0) != c.allowed {
			t.Errorf("%s importing %s: %v", c.dir, c.path, got)
		}
	}
}

// TestOnlyCmdPrints finds fmt.Print…, os.Stdout, os.Stderr, log and println
// outside cmd.
func TestOnlyCmdPrints(t *testing.T) {
	eachFile(t, func(dir string, fset *token.FileSet, file *ast.File) {
		if within(dir, "cmd") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if what := prints(n); what != "" {
				t.Errorf("%s: %s: only cmd prints", fset.Position(n.Pos()), what)
			}
			return true
		})
	})
}

func prints(n ast.Node) string {
	switch n := n.(type) {
	case *ast.SelectorExpr:
		pkg, ok := n.X.(*ast.Ident)
		if !ok || pkg.Obj != nil {
			return ""
		}
		name := pkg.Name + "." + n.Sel.Name
		if strings.HasPrefix(name, "fmt.Print") || name == "os.Stdout" || name == "os.Stderr" || pkg.Name == "log" {
			return name
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "println" || f.Name == "print") && f.Obj == nil {
			return f.Name
		}
	}
	return ""
}

// TestFunctionSizes holds the budget: half of the functions have at most ten
// lines, nine of ten at most 45, and none more than 100.
func TestFunctionSizes(t *testing.T) {
	var sizes []int
	eachFile(t, func(dir string, fset *token.FileSet, file *ast.File) {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			lines := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1
			sizes = append(sizes, lines)
			if lines > 100 {
				t.Errorf("%s: %s has %d lines", fset.Position(f.Pos()), f.Name.Name, lines)
			}
		}
	})
	slices.Sort(sizes)
	median, p90 := sizes[len(sizes)/2], sizes[len(sizes)*9/10]
	t.Logf("%d functions: median %d, p90 %d, longest %d lines", len(sizes), median, p90, sizes[len(sizes)-1])
	if median > 10 || p90 > 45 {
		t.Errorf("median %d lines, want at most 10; p90 %d, want at most 45", median, p90)
	}
}

// eachFile visits the Go files of the tree that go into the program; dir is
// relative to the tree's top.
func eachFile(t *testing.T, visit func(dir string, fset *token.FileSet, file *ast.File)) {
	t.Helper()
	const top = "../.."
	fset := token.NewFileSet()
	files := 0
	err := filepath.WalkDir(top, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if name == "testdata" || path != top && strings.HasPrefix(name, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		dir, _ := filepath.Rel(top, filepath.Dir(path))
		if dir == "." {
			return nil
		}
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		files++
		visit(filepath.ToSlash(dir), fset, file)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 {
		t.Fatalf("only %d files were looked at", files)
	}
}

func room(dir string) int {
	for i, r := range rooms {
		if within(dir, r) {
			return i
		}
	}
	return len(rooms)
}

func within(dir, parent string) bool { return dir == parent || strings.HasPrefix(dir, parent+"/") }
