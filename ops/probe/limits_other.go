//go:build !(linux || darwin || freebsd)

package probe

import "errors"

// FreeBytes is not known on this system.
func FreeBytes(string) (uint64, error) { return 0, errors.ErrUnsupported }

// OpenFiles is not known on this system.
func OpenFiles() (uint64, error) { return 0, errors.ErrUnsupported }
