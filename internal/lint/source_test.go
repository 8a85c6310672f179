// Package lint holds rules about our own source that no linter knows: what may touch the world, and who may import
// whom. They are tests, so that the everyday run shows a breach.
package lint_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// source is one parsed Go file that is part of the product: not a test, perhaps generated.
type source struct {
	path      string // from the top of the repository, with slashes
	generated bool
	set       *token.FileSet
	file      *ast.File
}

// room is the first folder of the path.
func (s source) room() string {
	room, _, _ := strings.Cut(s.path, "/")
	return room
}

// imports lists the imported paths by the name they have in this file.
func (s source) imports() map[string]string {
	m := map[string]string{}
	for _, spec := range s.file.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		name := path.Base(p)
		if strings.HasPrefix(name, "v") && strings.Trim(name, "v0123456789") == "" { // …/env/v11, math/rand/v2
			name = path.Base(path.Dir(p))
		}
		if spec.Name != nil {
			name = spec.Name.Name
		}
		m[name] = p
	}
	return m
}

func (s source) at(p token.Pos) string { return fmt.Sprintf("%s:%d", s.path, s.set.Position(p).Line) }

// parse reads one file from text.
func parse(name, text string) (source, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, text, parser.ParseComments)
	if err != nil {
		return source{}, err
	}
	return source{path: name, generated: ast.IsGenerated(f), set: set, file: f}, nil
}

// sources reads every Go file of the product: neither tests nor the packages they share, which are those that import
// testing.
func sources(t *testing.T) []source {
	t.Helper()
	all := parseAll(t)
	support := map[string]bool{}
	for _, s := range all {
		if s.importsTesting() {
			support[path.Dir(s.path)] = true
		}
	}
	var product []source
	for _, s := range all {
		if support[path.Dir(s.path)] {
			continue
		}
		product = append(product, s)
		for _, p := range s.imports() {
			if inner, ok := strings.CutPrefix(p, "parley/"); ok && support[inner] {
				t.Errorf("%s imports %s, which is for tests", s.path, p)
			}
		}
	}
	if len(product) < 20 {
		t.Fatalf("found %d files only: looking in the wrong place", len(product))
	}
	return product
}

func (s source) importsTesting() bool {
	for _, p := range s.imports() {
		if p == "testing" || strings.HasPrefix(p, "testing/") {
			return true
		}
	}
	return false
}

// parseAll reads every Go file that is no test.
func parseAll(t *testing.T) []source {
	t.Helper()
	const top = "../.."
	var all []source
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "node_modules" || base == "testdata" || base == "dist" || strings.HasPrefix(base, ".") && base != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, name)
		if err != nil {
			return err
		}
		s, err := parse(filepath.ToSlash(rel), string(text))
		if err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
