package journal

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// diskEvery is how old the known free space may be.
const diskEvery = time.Second

// diskProbe knows whether free space is below the reserve. It asks when asked, at most once a second: no goroutine.
type diskProbe struct {
	free    func() (int64, error)
	reserve int64 // negative: off
	now     func() time.Time
	asked   atomic.Int64 // ms
	known   atomic.Int64 // bytes at that time; unlimited when it cannot be told
}

func (d *diskProbe) bytes() int64 {
	if d.asked.Load() == 0 {
		d.known.CompareAndSwap(0, math.MaxInt64) // whoever asks while the first answer is on its way
	}
	now, last := d.now().UnixMilli(), d.asked.Load()
	if now-last < diskEvery.Milliseconds() && now >= last || !d.asked.CompareAndSwap(last, now) {
		return d.known.Load()
	}
	n, err := d.free()
	if err != nil {
		n = math.MaxInt64
	}
	d.known.Store(n)
	return n
}

func (d *diskProbe) full() bool { return d.reserve > 0 && d.bytes() < d.reserve }

func freeBytes(fs vfs.FS, dir string) (int64, error) {
	u, err := fs.GetDiskUsage(dir)
	if err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return int64(min(u.AvailBytes, math.MaxInt64)), nil
}

// Stats is what /readyz?verbose tells of the journal.
type Stats struct {
	Open     int    // shards open on this node, of 128
	Waiting  int    // entries the writer has not taken
	InFlight int    // bytes proposed and not yet applied
	DiskFree int64  // bytes; math.MaxInt64 when it cannot be told
	DiskFull bool   // below the reserve: commands are refused
	LogBytes uint64 // size of the database on disk
	Failed   error  // what ended the host, nil while it lives
}

// Stats looks at the host.
func (h *Host) Stats() Stats {
	s := Stats{DiskFree: h.disk.bytes(), DiskFull: h.disk.full()}
	s.Waiting, s.InFlight = h.queue.load()
	for i := range h.shards {
		if h.shards[i].open.Load() {
			s.Open++
		}
	}
	if err := h.dead.Load(); err != nil {
		s.Failed = *err
	}
	if done, err := h.read(); err == nil {
		s.LogBytes = h.db.Metrics().DiskSpaceUsage()
		done()
	}
	return s
}

// FsyncProbe measures n times how long 256 bytes take to reach the disk that holds the database, in a file of its own:
// the floor under every ack.
func (h *Host) FsyncProbe(n int) ([]time.Duration, error) {
	done, err := h.read()
	if err != nil {
		return nil, err
	}
	defer done()
	name := h.fs.PathJoin(h.opts.Dir, "fsync-probe")
	f, err := h.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return nil, fmt.Errorf("journal: fsync probe: %w", err)
	}
	out := make([]time.Duration, 0, n)
	for range n {
		began := h.opts.Now()
		if _, err = f.Write(make([]byte, 256)); err == nil {
			err = f.SyncData()
		}
		if err != nil {
			break
		}
		out = append(out, h.opts.Now().Sub(began))
	}
	if err = errors.Join(err, f.Close(), h.fs.Remove(name)); err != nil {
		return nil, fmt.Errorf("journal: fsync probe: %w", err)
	}
	return out, nil
}

// ReadIndex calls done with nil once everything committed before the call is applied here and this node still leads the
// shard in that term, and with ErrNotLeader or ErrStopped otherwise. With one replica it knows at once, and calls done
// before it returns: done must only enqueue.
func (h *Host) ReadIndex(shard uint16, term uint64, done func(error)) {
	if h.dead.Load() != nil || h.queue.isStopped() {
		done(ErrStopped)
		return
	}
	if int(shard) >= len(h.shards) || !h.shards[shard].open.Load() || h.shards[shard].term.Load() != term {
		done(ErrNotLeader)
		return
	}
	done(nil)
}

func (q *queue) isStopped() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.mu.stopped
}
