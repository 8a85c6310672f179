package protocol_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"parley/gateway/command"
	"parley/gateway/protocol"
)

// update rewrites the tables of PROTOCOL.md: go test ./gateway/protocol -run Tables -update
var update = flag.Bool("update", false, "rewrite the generated tables of PROTOCOL.md")

const page = "PROTOCOL.md"

func read(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The tables of the page are those of the code.
func TestTablesOfThePage(t *testing.T) {
	text := read(t)
	want := text
	for name, table := range map[string]string{"commands": commandTable(), "codes": codeTable(), "closes": closeTable()} {
		begin, end := "<!-- "+name+" -->", "<!-- /"+name+" -->"
		a, b := strings.Index(want, begin), strings.Index(want, end)
		if a < 0 || b < a {
			t.Fatalf("no %s in %s", begin, page)
		}
		want = want[:a+len(begin)] + "\n" + table + want[b:]
	}
	if want == text {
		return
	}
	if !*update {
		t.Fatalf("%s differs from the tables in the code; rewrite it with -update", page)
	}
	if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

func commandTable() string {
	var b strings.Builder
	b.WriteString("| cmd | who | body | ok |  |\n|---|---|---|---|---|\n")
	for _, c := range command.Table {
		name := c.Name
		if c.Keyed {
			name += " K"
		}
		if c.Kind == command.Tells {
			name += " (volatile)"
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | `%s` | %s |\n", name, command.Who(c), form(c.Body, 0), form(c.OK, 0), c.Does)
	}
	return b.String()
}

// form writes the shape of a type; what has a name in the text goes by its name.
func form(t reflect.Type, depth int) string {
	switch t.Kind() {
	case reflect.Pointer:
		return form(t.Elem(), depth)
	case reflect.Slice:
		return "[" + form(t.Elem(), depth) + "…]"
	case reflect.Interface:
		return "Event"
	case reflect.Struct:
		if depth > 0 && t.NumField() > 4 {
			return t.Name()
		}
		return "{" + strings.Join(fields(t, depth), ", ") + "}"
	}
	return ""
}

func fields(t reflect.Type, depth int) (out []string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if strings.Contains(options, "omitempty") {
			name += "?"
		}
		inner := form(f.Type, depth+1)
		if words := f.Tag.Get("enum"); words != "" {
			inner = `"` + strings.ReplaceAll(words, ",", "\\|") + `"`
		}
		if inner != "" && inner != "[…]" {
			name += ":" + inner
		}
		out = append(out, name)
	}
	return out
}

func codeTable() string {
	var b strings.Builder
	b.WriteString("| code | HTTP | do | text |\n|---|---|---|---|\n")
	for _, c := range protocol.Codes {
		fmt.Fprintf(&b, "| %s | %d | %s | %s |\n", c.Code, c.Status, c.Do, c.Message)
	}
	return b.String()
}

func closeTable() string {
	var b strings.Builder
	b.WriteString("| code | name | do |\n|---|---|---|\n")
	for _, c := range protocol.Closes {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", c.Code, c.Reason, c.Do)
	}
	return b.String()
}

var inline = regexp.MustCompile("`(\\{\"[^`]*)`")

// Every example of the page is a frame of the protocol.
func TestExamplesOfThePage(t *testing.T) {
	text := read(t)
	n := 0
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "> "):
			n++
			fromClient(t, line[2:])
		case strings.HasPrefix(line, "< "):
			n++
			fromServer(t, line[2:])
		case strings.HasPrefix(line, "|"), strings.Contains(line, "is answered `{"):
			for _, m := range inline.FindAllStringSubmatch(line, -1) {
				n++
				if strings.Contains(m[1], `"cmd"`) {
					fromClient(t, m[1])
				} else {
					fromServer(t, m[1])
				}
			}
		}
	}
	if n < 30 {
		t.Fatalf("only %d examples found", n)
	}
}

func fromClient(t *testing.T, frame string) {
	t.Helper()
	var r protocol.Request
	if err := protocol.Decode([]byte(frame), &r); err != nil {
		t.Errorf("%s: %v", frame, err)
		return
	}
	if r.Cmd == "hello" {
		strict[protocol.Hello](t, frame, r.Body)
		return
	}
	c := command.Find(r.Cmd)
	if c == nil {
		t.Errorf("%s: no such command", frame)
		return
	}
	body := reflect.New(c.Body).Interface()
	if err := protocol.Decode(r.Body, body); err != nil {
		t.Errorf("%s: %v", frame, err)
	}
	if _, err := protocol.ParseKey(r.Key); err != nil || c.Keyed != (r.Key != "") {
		t.Errorf("%s: key %q", frame, r.Key)
	}
}

func strict[T any](t *testing.T, frame string, raw json.RawMessage) {
	t.Helper()
	v := new(T)
	if err := protocol.Decode(raw, v); err != nil {
		t.Errorf("%s: %v", frame, err)
	}
}

var bodies = map[string]func(*testing.T, string, json.RawMessage){
	"started": strict[protocol.StartedBody], "message": strict[protocol.MessageBody], "assigned": strict[protocol.AssignedBody],
	"resolved": strict[protocol.PublicResolved], "offered": strict[protocol.OfferedBody], "queue": strict[protocol.QueuePush],
	"typing": strict[protocol.TypingPush], "bye": strict[protocol.Bye], "me": strict[protocol.Me], "row": strict[protocol.RowOK],
	"queues": strict[protocol.QueuesPush],
}

func fromServer(t *testing.T, frame string) {
	t.Helper()
	var f struct {
		Re    *uint64         `json:"re"`
		OK    json.RawMessage `json:"ok"`
		Error *protocol.Error `json:"error"`
		Ev    string          `json:"ev"`
		Conv  string          `json:"conv"`
		Seq   uint64          `json:"seq"`
		At    int64           `json:"at"`
		Body  json.RawMessage `json:"body"`
	}
	if err := protocol.Decode([]byte(frame), &f); err != nil {
		t.Errorf("%s: %v", frame, err)
		return
	}
	switch {
	case f.Error != nil:
		if !protocol.Known(f.Error.Code) {
			t.Errorf("%s: code is not in the table", frame)
		}
	case f.Re != nil:
		if strings.Contains(frame, `"session"`) {
			strict[protocol.HelloOK](t, frame, f.OK)
		}
	case bodies[f.Ev] == nil:
		t.Errorf("%s: no such event", frame)
	default:
		bodies[f.Ev](t, frame, f.Body)
	}
}
