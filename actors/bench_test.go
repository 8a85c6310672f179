package actors_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"parley/actors"
	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
	"parley/engine/entity"
	"parley/engine/id"
)

// BenchmarkAsk is a message through the host: 128 bytes to one of 500 entities, one in flight each, on a memory disk.
func BenchmarkAsk(b *testing.B) {
	n, err := actors.New(actors.Options{Types: []entity.Type{toyType(id.Identity, 1<<30), toyType(id.Org, 1)}, Now: time.Now, Rand: randomness()})
	if err != nil {
		b.Fatal(err)
	}
	jo := journaltest.Options(newFS())
	jo.Watcher = n.Watcher()
	h, err := journal.Open(jo)
	if err != nil {
		b.Fatal(err)
	}
	n.Start(h)
	if err := h.Start(); err != nil {
		b.Fatal(err)
	}
	if err := n.Ready(context.Background()); err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	defer n.Stop()
	text := say("add %s", strings.Repeat("x", 128))
	tokens := make(chan int, 500)
	for i := range 500 {
		tokens <- i
	}
	b.ResetTimer()
	for i := range b.N {
		e := <-tokens
		n.Ask(actors.Ask{Target: toyRef(e), By: sender, Key: key(i), Body: text, Done: func(a actors.Answer) {
			if a.Err != nil {
				panic(fmt.Sprint(a.Err))
			}
			tokens <- e
		}})
	}
	for range 500 {
		<-tokens
	}
}
