package journal

import (
	"encoding/binary"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// How much of a shard's log is kept behind what is applied: for a replica that was away for a moment.
const (
	keepEntries = 2000
	keepBytes   = 4 << 20
	cutEntries  = 256 // cuts are made in steps of so many entries: one range delete each
)

func indexOf(logKey []byte) uint64 { return binary.BigEndian.Uint64(logKey[3:]) }

// logSize knows how large a shard's log is, in segments of cutEntries entries or a quarter of keepBytes.
type logSize struct {
	cut   uint64 // entries up to here are gone
	last  uint64
	bytes int
	segs  []segment
}

type segment struct {
	last  uint64
	bytes int
}

// reset starts from a log found on disk. Its bytes are unknown and count as none: it is held by the number of entries
// until new ones have pushed it out.
func (l *logSize) reset(cut, last uint64) {
	*l = logSize{cut: cut, last: last}
	for i := cut; i < last; {
		i = min(i+cutEntries, last)
		l.segs = append(l.segs, segment{last: i})
	}
}

func (l *logSize) add(index uint64, bytes int) {
	n := len(l.segs)
	if n == 0 || l.segs[n-1].bytes > keepBytes/4 || index%cutEntries == 0 {
		l.segs = append(l.segs, segment{})
		n++
	}
	l.segs[n-1].last = index
	l.segs[n-1].bytes += bytes
	l.bytes += bytes
	l.last = index
}

// due tells up to which index the log may go, 0 for not now. Nothing above applied goes.
func (l *logSize) due(applied uint64) uint64 {
	var cut uint64
	for len(l.segs) > 1 && l.segs[0].last < applied {
		s := l.segs[0]
		if l.last-s.last < keepEntries && l.bytes <= keepBytes {
			break
		}
		cut = s.last
		l.bytes -= s.bytes
		l.segs = l.segs[1:]
	}
	return cut
}

// truncate cuts the logs that grew too long. State is later in the same write-ahead log than the entries it came from and
// earlier than this cut, so no crash keeps the cut and loses the state.
func (h *Host) truncate(b *pebble.Batch, items []*item) {
	for n, i := range items {
		if n > 0 && items[n-1].shard == i.shard {
			continue
		}
		g := &h.shards[i.shard]
		if cut := g.log.due(g.applied.Load()); cut > 0 {
			if err := h.cutLog(b, i.shard, cut); err != nil {
				h.opts.Logger.Error("log not truncated", "shard", i.shard, "err", h.check(err))
			}
		}
	}
}

func (h *Host) cutLog(b *pebble.Batch, s uint16, cut uint64) error {
	g := &h.shards[s]
	v, closer, err := h.db.Get(logKey(s, cut))
	if err != nil {
		return fmt.Errorf("read entry %d: %w", cut, err)
	}
	term, _, _, err := readEntry(s, cut, v)
	closer.Close()
	if err != nil {
		return err
	}
	if err := b.DeleteRange(logKey(s, g.log.cut+1), logKey(s, cut+1), nil); err != nil {
		return fmt.Errorf("delete up to %d: %w", cut, err)
	}
	if err := b.Set(shardKey(rangeTrunc, s), place{cut, term}.value(), nil); err != nil {
		return fmt.Errorf("note the cut at %d: %w", cut, err)
	}
	g.hard.commit = max(g.hard.commit, g.applied.Load())
	if err := b.Set(shardKey(rangeHard, s), g.hard.value(), nil); err != nil {
		return fmt.Errorf("note the commit: %w", err)
	}
	g.log.cut = cut
	return nil
}
