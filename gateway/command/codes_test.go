package command_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"parley/actors"
	"parley/engine/entity"
	"parley/gateway/command"
	"parley/gateway/protocol"
)

// renamed are codes of the engine that clients know by another name.
var renamed = map[string]bool{"taken": true}

// Every refusal that the engine declares has its row in the one table.
func TestEveryRefusalOfTheEngineHasARow(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../../engine", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // half-written by somebody: not this test's business
		}
		ast.Inspect(file, func(n ast.Node) bool {
			code, ok := refusal(n)
			if ok {
				found++
				if !protocol.Known(code) && !renamed[code] {
					t.Errorf("%s refuses with %q, which has no row in protocol.Codes", path, code)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 20 {
		t.Fatalf("only %d refusals found", found)
	}
	if !protocol.Known(string(entity.CodeParked)) {
		t.Error("parked has no row")
	}
}

// refusal finds Refuse("code", …).
func refusal(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return "", false
	}
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	lit, ok := call.Args[0].(*ast.BasicLit)
	if name != "Refuse" || !ok {
		return "", false
	}
	code, err := strconv.Unquote(lit.Value)
	return code, err == nil
}

// Every sentinel of the actors has its row, and what nobody knows is internal and tells nothing.
func TestEverySentinelOfTheActorsHasARow(t *testing.T) {
	for _, err := range []error{
		actors.ErrBusy, actors.ErrNotHere, actors.ErrUnknown, actors.ErrInternal, actors.ErrQuarantined, actors.ErrDiskFull, actors.ErrKeyReused, actors.ErrStopped,
	} {
		e := command.Fault(err)
		if !protocol.Known(e.Code) || e.Message == "" {
			t.Errorf("%v becomes %+v", err, e)
		}
		if e.Row().Do == protocol.Retry && e.RetryAfterMS == 0 {
			t.Errorf("%v says retry and not when", err)
		}
	}
	if e := command.Fault(fs.ErrClosed); e.Code != protocol.Internal || strings.Contains(e.Message, "closed") {
		t.Errorf("an unknown error becomes %+v", e)
	}
}

func TestTheTablesAreInOrder(t *testing.T) {
	for _, c := range protocol.Codes {
		if c.Status < 400 || c.Status > 599 || !strings.HasSuffix(c.Message, ".") || strings.Contains(c.Message, "!") ||
			strings.Contains(strings.ToLower(c.Message), "please") || strings.Contains(strings.ToLower(c.Message), "oops") {
			t.Errorf("row %+v", c)
		}
	}
	for _, c := range protocol.Closes {
		if len(c.Reason) > 123 {
			t.Errorf("close %d: reason too long", c.Code)
		}
	}
	seen := map[string]bool{}
	for _, c := range command.Table {
		if seen[c.Name] || c.Does == "" || command.Find(c.Name) != c {
			t.Errorf("command %s", c.Name)
		}
		seen[c.Name] = true
	}
}
