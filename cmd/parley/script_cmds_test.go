package main

import (
	"encoding/json"
	"net"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// scriptCommands are what scripts can say beside testscript's own words.
var scriptCommands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"json":     cmdJSON,
	"takeport": cmdTakePort,
	"demo":     cmdDemo,
	"agent":    cmdAgent,
	"customer": cmdCustomer,
}

// cmdJSON takes a value out of a JSON file and compares it, or keeps it in a variable:
//
//	json stdout agents.0.url = URL     (keeps)
//	json stdout checks.0.status ok     (compares; ! for must differ)
func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("usage: json FILE PATH WANT, or json FILE PATH = VARIABLE")
	}
	var v any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &v))
	for _, step := range strings.Split(args[1], ".") {
		switch node := v.(type) {
		case map[string]any:
			v = node[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(node) {
				ts.Fatalf("%s: no element %s among %d", args[1], step, len(node))
			}
			v = node[i]
		default:
			ts.Fatalf("%s: nothing below at %s", args[1], step)
		}
	}
	text, isText := v.(string)
	if !isText {
		b, err := json.Marshal(v)
		ts.Check(err)
		text = string(b)
	}
	if args[2] == "=" && len(args) == 4 {
		ts.Setenv(args[3], text)
		return
	}
	if (text == args[2]) == neg {
		ts.Fatalf("%s is %q", args[1], text)
	}
}

// cmdTakePort listens on a free port of loopback for the rest of the script and puts its number into a variable.
func cmdTakePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: takeport VARIABLE")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = l.Close() })
	_, port, err := net.SplitHostPort(l.Addr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}
