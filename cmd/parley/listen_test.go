package main

import (
	"net"
	"strconv"
	"strings"
	"testing"
)

// A demo takes the next port when its own is taken and nobody asked for that one; whoever names a port gets it or an error
// that names it.
func TestListenTakesTheNextPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port

	next, err := listen("127.0.0.1", port, "--port", true)
	if err != nil {
		t.Fatal(err)
	}
	defer next.Close()
	if got := next.Addr().(*net.TCPAddr).Port; got <= port || got > port+100 {
		t.Errorf("took port %d after %d", got, port)
	}

	if l, err := listen("127.0.0.1", port, "--port", false); err == nil {
		l.Close()
		t.Error("a taken port was taken again")
	} else if !strings.Contains(err.Error(), "--port") || !strings.Contains(err.Error(), "taken") {
		t.Errorf("the error names neither fault nor remedy: %v", err)
	}
}

func TestListenBothLeavesNothingOpen(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	if _, _, err := listenBoth("127.0.0.1", port, "127.0.0.1", taken.Addr().(*net.TCPAddr).Port, false, false); err == nil {
		t.Fatal("the operations port was taken twice")
	}
	again, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatalf("the clients' port stayed open: %v", err)
	}
	again.Close()
}
