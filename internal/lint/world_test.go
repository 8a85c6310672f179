package lint_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// world is what has to be handed in, by package: these names are refused. Clock, randomness and files come in through
// the providers below, so that a simulation can put its own in their place.
var world = map[string][]string{
	"time": {"Now", "Since", "Until"},
	"os": {"Chmod", "Chtimes", "CopyFS", "Create", "CreateTemp", "DirFS", "Link", "Lstat", "Mkdir", "MkdirAll", "MkdirTemp", "Open",
		"OpenFile", "OpenRoot", "ReadDir", "ReadFile", "Remove", "RemoveAll", "Rename", "Stat", "Symlink", "Truncate", "WriteFile"},
	"path/filepath":          {"EvalSymlinks", "Glob", "Walk", "WalkDir"},
	"crypto/rand":            {"*"},
	"math/rand":              {"*", "!New", "!NewSource", "!NewZipf", "!Rand", "!Source", "!Source64", "!Zipf"},
	"math/rand/v2":           {"*", "!New", "!NewPCG", "!NewChaCha8", "!NewZipf", "!Rand", "!Source", "!PCG", "!ChaCha8", "!Zipf"},
	"github.com/google/uuid": {"New", "NewString", "NewRandom", "NewUUID", "NewV6", "NewV7", "Must"},
	"io/ioutil":              {"*"},
}

// providers are the files that may touch the world, each with its reason. A name that ends in / is a folder. What is
// simulated is the node; bench and client stand outside of it, at the far end of a real connection.
var providers = map[string]string{
	"demo/customers.go":          "simulated customers talk from outside",
	"bench/":                     "measures a real server from outside",
	"client/":                    "talks to a real server from outside",
	"cluster/journal/options.go": "defaults of clock and randomness, for whoever hands in none",
	"cmd/parley/":                "the binary is where the world enters; nothing imports it, so nothing simulated can lean on it",
	"ops/probe/":                 "measures the machine itself",
}

// touches lists every use of the world in the file.
func touches(s source) []string {
	imports := s.imports()
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil { // a variable of that name
			return true
		}
		names := world[imports[x.Name]]
		refused := slices.Contains(names, sel.Sel.Name) || slices.Contains(names, "*")
		if refused && !slices.Contains(names, "!"+sel.Sel.Name) {
			found = append(found, s.at(sel.Pos())+": "+x.Name+"."+sel.Sel.Name)
		}
		return true
	})
	return found
}

func isProvider(path string) bool {
	for p := range providers {
		if p == path || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

func TestTheWorldIsHandedIn(t *testing.T) {
	used := map[string]bool{}
	for _, s := range sources(t) {
		found := touches(s)
		if isProvider(s.path) {
			used[s.path] = used[s.path] || len(found) > 0
			continue
		}
		for _, f := range found {
			t.Errorf("%s: hand it in, or name the file as a provider with its reason", f)
		}
	}
	for p := range providers {
		if !strings.HasSuffix(p, "/") && !used[p] {
			t.Errorf("%s is a provider and provides nothing: take it off the list", p)
		}
	}
}

func TestTouchesSeesEveryForm(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       int
	}{
		{"call", "import \"time\"\nvar x = time.Now()", 1},
		{"value", "import \"time\"\nvar clock = time.Now", 1},
		{"renamed", "import zeit \"time\"\nvar x = zeit.Since", 1},
		{"global rand", "import \"math/rand/v2\"\nvar x = rand.IntN(3)", 1},
		{"seeded rand", "import \"math/rand/v2\"\nvar x = rand.New(rand.NewPCG(1, 2)).IntN(3)", 0},
		{"a variable called time", "type c struct{}\nfunc (c) Now() {}\nfunc f(time c) { time.Now() }", 0},
		{"pure time", "import \"time\"\nvar x = time.Unix(0, 0).Add(time.Second)", 0},
		{"file", "import \"os\"\nvar _, _ = os.ReadFile(\"x\")", 1},
		{"streams and arguments", "import \"os\"\nvar x, y = os.Stdout, os.Args", 0},
		{"crypto", "import \"crypto/rand\"\nvar x = rand.Reader", 1},
		{"uuid", "import \"github.com/google/uuid\"\nvar x = uuid.New()", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := parse("x.go", "package x\n"+c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := touches(s); len(got) != c.want {
				t.Errorf("found %v, want %d", got, c.want)
			}
		})
	}
}
