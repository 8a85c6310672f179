package journal

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// Pebble's write-ahead log: blocks of 32 KB, in them chunks of {masked crc32c 4, length 2, type 1, number of the log 4, offset up
// to which the log was synced when the chunk was written 8, payload}, little-endian; types 9 to 12 carry that offset.
const (
	walBlock     = 32 << 10
	walHead      = 19
	walFirstType = 9
	walLastType  = 12
)

// checkTail refuses a database whose newest write-ahead log has a bad chunk that was synced. Pebble looks for the proof in later
// blocks only; in the last block it takes decay for a write that was cut by a power loss and drops what follows, acked or not.
// A chunk in the same block that was written after the bad one had been synced is that proof too.
func checkTail(fs vfs.FS, dir string) error {
	names, err := fs.List(dir)
	if err != nil {
		return nil // no database yet
	}
	name, num := "", uint64(0)
	for _, n := range names {
		base, ok := strings.CutSuffix(n, ".log")
		if v, err := strconv.ParseUint(base, 10, 64); ok && err == nil && v >= num {
			name, num = n, v
		}
	}
	if name == "" {
		return nil
	}
	f, err := fs.Open(fs.PathJoin(dir, name))
	if err != nil {
		return fmt.Errorf("journal: open %s: %w", name, err)
	}
	defer f.Close()
	at, proof, err := badChunk(f, uint32(num))
	if err != nil {
		return fmt.Errorf("journal: read %s: %w", name, err)
	}
	if proof {
		return corrupt("byte %d of the write-ahead log %s, which was on disk, has changed", at, fs.PathJoin(dir, name))
	}
	return nil
}

// badChunk finds the first chunk that does not check, and whether one behind it in its block says that it was synced.
func badChunk(r io.Reader, num uint32) (at uint64, proof bool, err error) {
	block := make([]byte, walBlock)
	for start := uint64(0); ; start += walBlock {
		n, err := io.ReadFull(r, block)
		if err == io.EOF {
			return 0, false, nil
		}
		if err != nil && err != io.ErrUnexpectedEOF {
			return 0, false, err
		}
		b := block[:n]
		pos := 0
		for pos+walHead <= len(b) {
			size, _ := chunk(b[pos:], num)
			if size == 0 {
				return start + uint64(pos), synced(b[pos:], num, start+uint64(pos)), nil
			}
			pos += size
		}
	}
}

// synced looks at every byte behind the bad place for a chunk that checks: lengths cannot be trusted any more.
func synced(b []byte, num uint32, bad uint64) bool {
	for pos := 1; pos+walHead <= len(b); pos++ {
		if size, upTo := chunk(b[pos:], num); size > 0 && upTo > bad {
			return true
		}
	}
	return false
}

// chunk returns the size of the chunk at the beginning of b, 0 when there is none, and the offset it vouches for.
func chunk(b []byte, num uint32) (size int, syncedUpTo uint64) {
	kind := b[6]
	size = walHead + int(binary.LittleEndian.Uint16(b[4:]))
	if kind < walFirstType || kind > walLastType || size > len(b) || binary.LittleEndian.Uint32(b[7:]) != num {
		return 0, 0
	}
	sum := crc32.Checksum(b[6:size], castagnoli)
	if masked := (sum>>15 | sum<<17) + 0xa282ead8; masked != binary.LittleEndian.Uint32(b) {
		return 0, 0
	}
	return size, binary.LittleEndian.Uint64(b[11:])
}
