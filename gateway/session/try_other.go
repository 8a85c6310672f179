//go:build !unix

package session

import "syscall"

// tryWrite is for systems whose sockets cannot be asked: everything goes through the goroutine that may wait.
func tryWrite(syscall.RawConn, []byte) (int, error) { return 0, nil }
