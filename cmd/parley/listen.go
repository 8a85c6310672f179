package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// listen opens an address. When next is set and the port is taken, the following hundred are tried: a demo should start,
// a server should be where it was told to be. Errors name the port and the way out.
func listen(bind string, port int, flag string, next bool) (net.Listener, error) {
	tries := 1
	if next && port != 0 {
		tries = 100
	}
	var err error
	for i := range tries {
		var l net.Listener
		if l, err = net.Listen("tcp", net.JoinHostPort(bind, strconv.Itoa(port+i))); err == nil {
			return l, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("port %d on %s is taken by another program: stop that one, or choose a port with %s (0 takes any free one)", port, bind, flag)
	}
	return nil, fmt.Errorf("listen on %s, port %d: %w", bind, port, err)
}

// listenBoth opens the two doors of a node. Errors leave nothing open.
func listenBoth(bind string, port int, opsBind string, opsPort int, next, nextOps bool) (clients, ops net.Listener, err error) {
	if clients, err = listen(bind, port, "--port", next); err != nil {
		return nil, nil, err
	}
	if ops, err = listen(opsBind, opsPort, "--ops-port", nextOps); err != nil {
		return nil, nil, errors.Join(err, clients.Close())
	}
	return clients, ops, nil
}
