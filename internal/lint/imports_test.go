package lint_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// mayImport is the one way of imports between rooms: cmd -> gateway -> actors -> cluster -> engine, with bench beside.
// A room may always import itself. The gateway states the interface it needs (gateway/backend) in the actors' message
// types, and cmd hands it the actors that fulfil it.
var mayImport = map[string][]string{
	"engine":  {},
	"cluster": {"engine"},
	"actors":  {"engine", "cluster"},
	"gateway": {"engine", "actors"},
	"client":  {"engine", "gateway"},
	"bench":   {"engine", "gateway", "client", "ops"},
	"demo":    {"engine", "actors", "gateway", "client", "bench"}, // a seeded centre and its customers
	"web":     {},
	"config":  {},
	"ops":     {},
	"cmd":     {"engine", "cluster", "actors", "gateway", "client", "bench", "demo", "web", "config", "ops"},
}

// owners may import what nobody else may. The value lists path prefixes of ours; a module's own sub-packages count
// unless they are listed in free.
var owners = map[string][]string{
	"github.com/cockroachdb/pebble":        {"cluster/journal", "bench/floor"},
	"github.com/asynkron/protoactor-go":    {"actors"},
	"go.etcd.io/raft":                      {"cluster/replica"},
	"github.com/hashicorp/memberlist":      {"cluster/member"},
	"github.com/alecthomas/kong":           {"cmd/parley"},
	"github.com/gorilla/websocket":         {"gateway", "client"},
	"github.com/goccy/go-yaml":             {"config"},
	"github.com/prometheus/client_golang":  {"ops", "actors", "cluster", "gateway", "cmd/parley"},
	"github.com/danielgtaylor/huma":        {"gateway"},
	"github.com/alexedwards/argon2id":      {"gateway"},
	"github.com/HdrHistogram/hdrhistogram": {"bench"},
}

var free = []string{"github.com/cockroachdb/pebble/v2/vfs"}

// pure is what the engine may import of the standard library: nothing that has a clock, a file, a socket, a lock, a
// goroutine or an order of its own.
var pure = strings.Fields(`bytes cmp container/heap crypto/hmac crypto/sha256 encoding encoding/base64 encoding/binary
	encoding/hex errors fmt hash hash/fnv io iter maps math math/bits net/mail net/netip net/url regexp slices sort strconv
	strings time unicode unicode/utf16 unicode/utf8`)

// generatedOnly is what protobuf's generated files need beside that.
var generatedOnly = []string{"reflect", "sync", "unsafe"}

// engineModules may be imported by the engine beside the standard library.
var engineModules = []string{"google.golang.org/protobuf", "github.com/planetscale/vtprotobuf/protohelpers"}

// breaches lists the imports of the file that the rules above refuse.
func breaches(s source) []string {
	var found []string
	for _, p := range s.imports() {
		if reason := breach(s, p); reason != "" {
			found = append(found, s.path+" imports "+p+": "+reason)
		}
	}
	return found
}

func breach(s source, p string) string {
	if inner, ok := strings.CutPrefix(p, "parley/"); ok {
		room, _, _ := strings.Cut(inner, "/")
		if room != s.room() && room != "internal" && !slices.Contains(mayImport[s.room()], room) {
			return "imports point one way, and not from " + s.room() + " to " + room
		}
		return ""
	}
	for module, who := range owners {
		if under(p, module) && !slices.ContainsFunc(who, func(w string) bool { return under(s.path, w) }) && !slices.Contains(free, p) {
			return "only " + strings.Join(who, ", ") + " may"
		}
	}
	if s.room() != "engine" {
		return ""
	}
	if strings.Contains(p, ".") {
		if slices.ContainsFunc(engineModules, func(m string) bool { return under(p, m) }) {
			return ""
		}
		return "the engine knows protobuf only"
	}
	if !slices.Contains(pure, p) && !(s.generated && slices.Contains(generatedOnly, p)) {
		return "the engine is pure"
	}
	return ""
}

// under reports whether p is the folder or below it; a module's /v2 counts as below.
func under(p, folder string) bool {
	return p == folder || strings.HasPrefix(p, folder+"/") || strings.HasPrefix(p, folder+"-")
}

// impure lists statements that have no place in the engine: goroutines, timers, channels.
func impure(s source) []string {
	imports := s.imports()
	var found []string
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			found = append(found, s.at(n.Pos())+": go")
		case *ast.ChanType:
			found = append(found, s.at(n.Pos())+": chan")
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			timer := slices.Contains([]string{"After", "AfterFunc", "NewTicker", "NewTimer", "Sleep", "Tick", "LoadLocation", "Local"}, n.Sel.Name)
			if ok && x.Obj == nil && imports[x.Name] == "time" && timer {
				found = append(found, s.at(n.Pos())+": time."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}

func TestImportsPointOneWay(t *testing.T) {
	for _, s := range sources(t) {
		if _, known := mayImport[s.room()]; !known && s.room() != "internal" {
			t.Errorf("%s: room %s has no line in mayImport", s.path, s.room())
		}
		for _, b := range breaches(s) {
			t.Error(b)
		}
	}
}

func TestEngineIsPure(t *testing.T) {
	for _, s := range sources(t) {
		if s.room() == "engine" && !s.generated {
			for _, f := range impure(s) {
				t.Errorf("%s has no place in the engine", f)
			}
		}
	}
}

func TestRulesCatchPlantedBreaches(t *testing.T) {
	for _, c := range []struct {
		path, text string
		want       int
	}{
		{"engine/queue/x.go", `import "sync"`, 1},
		{"engine/queue/x.go", `import "log/slog"`, 1},
		{"engine/queue/x.go", `import "parley/actors"`, 1},
		{"engine/queue/x.go", `import "parley/engine/id"`, 0},
		{"engine/queue/x.go", `import "github.com/google/uuid"`, 1},
		{"engine/queue/x.go", `import "google.golang.org/protobuf/proto"`, 0},
		{"gateway/hub/x.go", `import "parley/cluster/journal"`, 1},
		{"actors/x.go", `import "parley/gateway/hub"`, 1},
		{"gateway/hub/x.go", `import "github.com/cockroachdb/pebble/v2"`, 1},
		{"gateway/hub/x.go", `import "github.com/cockroachdb/pebble/v2/vfs"`, 0},
		{"cluster/journal/x.go", `import "github.com/cockroachdb/pebble/v2"`, 0},
		{"cluster/journal/x.go", `import "parley/actors"`, 1},
		{"gateway/hub/x.go", `import "github.com/asynkron/protoactor-go/actor"`, 1},
		{"cmd/parley/x.go", `import "parley/actors"`, 0},
		{"engine/queue/x.go", "import \"time\"\nfunc f() { go f(); time.Sleep(1); var c chan int; _ = c }", 3},
	} {
		s, err := parse(c.path, "package x\n"+c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := append(breaches(s), impure(s)...); len(got) != c.want {
			t.Errorf("%s with %s: found %v, want %d", c.path, c.text, got, c.want)
		}
	}
}
