//go:build linux || darwin || freebsd

package probe

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// FreeBytes is what a process without privileges may still write on dir's file system.
func FreeBytes(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("probe: free space of %s: %w", dir, err)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}

// OpenFiles is how many files and connections this process may have open. The Go runtime has raised the soft limit
// to the hard one by the time anybody asks.
func OpenFiles() (uint64, error) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return 0, fmt.Errorf("probe: open files: %w", err)
	}
	return uint64(r.Cur), nil
}
