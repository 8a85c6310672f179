package conversation_test

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"parley/engine/centre"
	"parley/engine/conversation"
	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/engine/msg/conv"
)

var update = flag.Bool("update", false, "write the golden files anew: only for new kinds of events")

// A life that has every kind of event once.
func everyKind(t fataler) *talk {
	k := newTalk(t)
	k.cfg.Queues[support].MaxWaitMs = 3_600_000
	k.do(event.Entity(id.Ref{Kind: id.Contact, ID: contact}), start(centre.Style_LIVE_RETURN))
	k.do(customer, connected(name("s2")))
	k.do(fromHost, disconnected(session))
	k.do(fromHost, disconnected(name("s2")))
	k.do(customer, connected(name("s3")))
	k.do(fromAgent, holds(r3))
	k.do(fromAgent, offer(r1, ana, 1))
	k.do(event.Agent(ana), decline(r1))
	k.do(fromAgent, offer(r2, bo, 2))
	k.do(event.Agent(bo), accept(r2))
	k.do(event.Agent(sue), note("be kind"))
	k.do(event.Agent(bo), &conv.Command{Body: &conv.Command_Post{Post: &conv.Post{Text: "See this", Attachments: []*conv.Attachment{
		{Hash: bytes.Repeat([]byte{7}, 32), Size: 70_000, Name: "map.png", Type: "image/png", Width: 640, Height: 480}}}}})
	k.do(fromAgent, agentGone(r2))
	k.do(customer, say("Thanks"))
	_, reserve := k.reserve()
	if _, err := k.answered(reserve, "on_break", &agt.Reply{Presence: agt.Presence_BREAK}); err != nil {
		t.Fatalf("verdict: %v", err)
	}
	k.do(event.Agent(sue), reopen)
	r, _ := k.reserve()
	k.do(fromAgent, offer(r, sue, 4))
	k.do(event.Agent(sue), resolve)
	k.do(customer, say("One more"))
	r, _ = k.reserve()
	k.do(fromAgent, offer(r, sue, 5))
	k.do(fromHost, disconnected(name("s3")))
	k.advance(time.Minute)
	k.do(event.Agent(sue), resolve)
	k.do(customer, rate(3))
	k.advance(2 * time.Hour)
	return k
}

// TestGoldenEvents: the bytes of every kind of event, and the state they lead to, are what they were when released.
func TestGoldenEvents(t *testing.T) {
	const file = "testdata/events.txt"
	var lines []string
	kinds := map[string]bool{}
	k := everyKind(t)
	for _, e := range k.log {
		data, err := event.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		kind := strings.TrimPrefix(fmt.Sprintf("%T", e.Body.(*conv.Event).Body), "*conv.Event_")
		kinds[strings.ToLower(kind)] = true
		lines = append(lines, fmt.Sprintf("%d %s %x", e.Seq, kind, data))
	}
	fields := (&conv.Event{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if name := string(fields.Get(i).Name()); !kinds[strings.ReplaceAll(name, "_", "")] {
			t.Errorf("no golden event of kind %s", name)
		}
	}
	lines = append(lines, fmt.Sprintf("head %x", k.s.Head()))
	now := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(file, []byte(now), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(golden) != now {
		t.Errorf("today's encoding is another than %s", file)
	}
	old := conversation.New()
	for _, line := range strings.Split(strings.TrimSpace(string(golden)), "\n") {
		words := strings.Fields(line)
		data, err := hex.DecodeString(words[len(words)-1])
		if err != nil {
			t.Fatal(err)
		}
		if words[0] == "head" {
			if !bytes.Equal(old.Head(), data) {
				t.Errorf("the golden events lead to another state than they did")
			}
			continue
		}
		e, err := event.Decode(data, func() event.Message { return &conv.Event{} })
		if err != nil {
			t.Fatal(err)
		}
		old.Evolve(&e)
	}
}

// A node that rewrites the head row of a newer one keeps the fields it does not know.
func TestUnknownFieldsSurviveARewrite(t *testing.T) {
	newer := protowire.AppendTag(opened(t, centre.Style_LIVE).s.Head(), 4711, protowire.BytesType)
	newer = protowire.AppendBytes(newer, []byte("from the future"))
	s := conversation.New()
	if err := s.LoadHead(newer); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(s.Head(), newer) {
		t.Fatal("a field was lost")
	}
}

// An erased event still counts, and says nothing.
func TestErasedEventsOnlyCount(t *testing.T) {
	k := opened(t, centre.Style_LIVE)
	before := k.s.View()
	k.s.Evolve(&event.Event{Seq: before.Seq + 1, Pub: before.Pub + 1, At: k.now, Erased: "asked by the customer"})
	if v := k.s.View(); v.Seq != before.Seq+1 || v.Pub != before.Pub+1 || v.Messages != before.Messages {
		t.Fatalf("%v", v)
	}
}

func TestRowsOfAnotherKindAreRefused(t *testing.T) {
	s := conversation.New()
	if s.LoadRow([]byte("x"), nil, false) == nil || s.LoadRow([]byte("m"), []byte{0xff}, false) == nil || s.LoadHead([]byte{0xff}) == nil {
		t.Fatal("broken rows are errors")
	}
}

func TestTypeCreatesByStartOnly(t *testing.T) {
	ty := conversation.Type()
	if !ty.Creates(start(centre.Style_LIVE)) || ty.Creates(say("x")) || ty.Kind != id.Conversation {
		t.Fatal("type")
	}
	if _, ok := ty.New().(*conversation.State); !ok {
		t.Fatal("state")
	}
}
