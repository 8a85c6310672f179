// Package probe measures the machine below a node: how fast its disk syncs, how much is free, how many files may be
// open. It is one of the few places that touch files directly; parley doctor and parley bench use it.
package probe

import (
	"fmt"
	"os"
	"slices"
	"time"
)

// SyncResult is how long single synced writes took, in order of length.
type SyncResult struct{ sorted []time.Duration }

// Quantile is the length that the share q of the writes, 0 to 1, did not exceed; 0 when nothing was measured.
func (r SyncResult) Quantile(q float64) time.Duration {
	if len(r.sorted) == 0 {
		return 0
	}
	i := int(q * float64(len(r.sorted)))
	return r.sorted[min(i, len(r.sorted)-1)]
}

// Sync writes writes blocks of 4 KiB to a file of its own in dir, syncs after each as the log does (fdatasync on
// Linux), and removes the file. now is the clock to measure by.
func Sync(dir string, writes int, now func() time.Time) (result SyncResult, err error) {
	f, err := os.CreateTemp(dir, "sync-probe-")
	if err != nil {
		return SyncResult{}, fmt.Errorf("probe: sync: %w", err)
	}
	defer func() {
		_ = f.Close()
		if e := os.Remove(f.Name()); err == nil && e != nil {
			err = fmt.Errorf("probe: sync: %w", e)
		}
	}()
	block := make([]byte, 4096)
	for range writes {
		start := now()
		if _, err := f.Write(block); err != nil {
			return SyncResult{}, fmt.Errorf("probe: sync: %w", err)
		}
		if err := syncData(f); err != nil {
			return SyncResult{}, fmt.Errorf("probe: sync: %w", err)
		}
		result.sorted = append(result.sorted, now().Sub(start))
	}
	slices.Sort(result.sorted)
	return result, nil
}
