//go:build !linux

package probe

import "os"

// syncData is fsync where fdatasync is missing: slower, never weaker.
func syncData(f *os.File) error { return f.Sync() }

// ClockSynchronised knows nothing here.
func ClockSynchronised() (synchronised, known bool) { return false, false }
