//go:build unix

package session

import "syscall"

// tryWrite writes what the socket takes without waiting, which may be nothing.
func tryWrite(raw syscall.RawConn, data []byte) (n int, err error) {
	outer := raw.Write(func(fd uintptr) bool {
		for {
			n, err = syscall.Write(int(fd), data)
			if err != syscall.EINTR {
				return true
			}
		}
	})
	if outer != nil {
		return 0, outer
	}
	if err == syscall.EAGAIN {
		return 0, nil
	}
	return max(n, 0), err
}
