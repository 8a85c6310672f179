package journal_test

import (
	"encoding/binary"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/engine/id"
)

// BenchmarkPropose: n conversations over all shards, each with one message of 128 bytes in flight.
// BenchmarkFloor is the least a durable answer can cost: one key and 128 bytes each, gathered the same way into synced
// Pebble batches. Compare the two of one run; the disk is the same.
func BenchmarkPropose(b *testing.B) {
	for _, writers := range []int{1, 16, 256, 1024} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			h, err := journal.Open(journal.Options{Dir: b.TempDir() + "/d", Now: time.Now})
			if err != nil {
				b.Fatal(err)
			}
			defer h.Close()
			if err := h.Start(); err != nil {
				b.Fatal(err)
			}
			each(b, writers, func(w int) func(n int, done func()) {
				e := id.Ref{Kind: id.Conversation, ID: id.ID{0: byte(w), 1: byte(w >> 8), 15: 1}}
				shard := id.ShardOf(e.Kind, e.ID)
				return func(n int, done func()) {
					batch := &journal.Batch{Shard: shard, Entity: e, Epoch: h.Term(shard), Version: uint64(n),
						Events: []journal.Event{{Seq: uint64(n) + 1, Pub: uint64(n) + 1, Data: make([]byte, 128)}},
						Keys:   []journal.ClientKey{{Sender: e.ID, Key: id.ID{15: byte(n), 14: byte(n >> 8), 13: byte(n >> 16)}, Answer: make([]byte, 8), At: time.Now()}}}
					if err := h.Propose(journal.Proposal{Batch: batch, Done: func(r journal.Result) {
						if r.Outcome != journal.Applied {
							panic(fmt.Sprint(r))
						}
						done()
					}}); err != nil {
						panic(err)
					}
				}
			})
		})
	}
}

func BenchmarkFloor(b *testing.B) {
	for _, writers := range []int{1, 16, 256, 1024} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			db, err := pebble.Open(b.TempDir(), &pebble.Options{FS: vfs.Default, Logger: quiet{}, MemTableSize: 64 << 20, FormatMajorVersion: pebble.FormatNewest,
				MemTableStopWritesThreshold: 4, L0CompactionThreshold: 8, L0StopWritesThreshold: 24})
			if err != nil {
				b.Fatal(err)
			}
			defer db.Close()
			type put struct {
				key  []byte
				done func()
			}
			puts := make(chan put, 4096)
			var writer sync.WaitGroup
			writer.Go(func() {
				for p := range puts {
					batch, round := db.NewBatchWithSize(1<<16), []put{p}
					for len(puts) > 0 {
						round = append(round, <-puts)
					}
					for _, p := range round {
						batch.Set(p.key, make([]byte, 128), nil)
					}
					if err := batch.Commit(pebble.Sync); err != nil {
						panic(err)
					}
					for _, p := range round {
						p.done()
					}
				}
			})
			each(b, writers, func(w int) func(int, func()) {
				return func(n int, done func()) {
					key := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(w)), uint64(n))
					puts <- put{key, done}
				}
			})
			close(puts)
			writer.Wait()
		})
	}
}

// each runs b.N operations in all over the writers; a writer's next goes when its last is done.
func each(b *testing.B, writers int, start func(w int) func(n int, done func())) {
	b.ReportAllocs()
	var all sync.WaitGroup
	for w := range writers {
		share := b.N / writers
		if w < b.N%writers {
			share++
		}
		do := start(w)
		all.Go(func() {
			next := make(chan struct{}, 1)
			for n := range share {
				do(n, func() { next <- struct{}{} })
				<-next
			}
		})
	}
	all.Wait()
}
