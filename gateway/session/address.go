package session

import (
	"net"
	"net/netip"
	"sync"
)

// addresses counts connections per network address; a /64 of IPv6 is one.
type addresses struct {
	mu struct {
		sync.Mutex
		n map[netip.Addr]int
	}
}

// AddressOf is the peer's address as limits count it, and whether it is loopback, which they do not.
func AddressOf(remote string) (netip.Addr, bool) {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		host = remote
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}, false
	}
	a = a.Unmap().WithZone("")
	if a.IsLoopback() {
		return a, true
	}
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			a = p.Addr()
		}
	}
	return a, false
}

// take counts a connection, unless that would be more than most.
func (as *addresses) take(a netip.Addr, most int) bool {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.mu.n == nil {
		as.mu.n = map[netip.Addr]int{}
	}
	if as.mu.n[a] >= most {
		return false
	}
	as.mu.n[a]++
	return true
}

func (as *addresses) give(a netip.Addr) {
	as.mu.Lock()
	defer as.mu.Unlock()
	if as.mu.n[a]--; as.mu.n[a] <= 0 {
		delete(as.mu.n, a)
	}
}
