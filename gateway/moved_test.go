package gateway_test

import (
	"bytes"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"parley/engine/event"
	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// A file sent with a message to a closed conversation goes along into the one that the message begins: there it is
// found, there it is kept.
func TestFilesGoAlongIntoTheNewConversation(t *testing.T) {
	r := newRig(t)
	old := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	content := picture(t, 30, 20)
	file := must[protocol.FileOK](t, r.upload(visitor(1), old, "box.png", content)).File
	cid, _ := id.Parse(id.Conversation, old)
	closed := &conv.Event{Body: &conv.Event_Closed{Closed: &conv.Closed{Reason: conv.CloseReason_BY_TIMER}}}
	r.backend.Append(cid, event.System, id.ID{}, closed, true)

	sent := must[protocol.SendOK](t, r.call(visitor(1), "send", protocol.Send{Conv: old, Text: "Once more", Files: []protocol.File{file}}))
	if sent.Moved == nil {
		t.Fatalf("not moved: %+v", sent)
	}
	for _, who := range []string{visitor(1), "Bearer " + r.token(fake.Ana)} {
		a := r.do(r.request("GET", "/api/v1/files/"+sent.Moved.Conv+"/"+file.Hash, who, nil))
		if a.status != 200 || !bytes.Equal(a.body, content) {
			t.Errorf("the file in the new conversation: %d %s", a.status, a.code())
		}
	}
	// It is stored there, and not only found: what nobody names in the old one is swept away.
	hash, _ := hex.DecodeString(file.Hash)
	next, _ := id.Parse(id.Conversation, sent.Moved.Conv)
	f, _, err := r.backend.Files().Open(next, [32]byte(hash))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, err := io.ReadAll(f); err != nil || !bytes.Equal(b, content) {
		t.Errorf("stored: %d bytes, %v", len(b), err)
	}
}

// Whether a foreign conversation holds a file is not told, nor that it exists.
func TestFilesOfAForeignConversationAreNotProbed(t *testing.T) {
	r := newRig(t)
	mine := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "Hello"})).Conv
	file := must[protocol.FileOK](t, r.upload(visitor(1), mine, "x.txt", []byte("mine"))).File
	other := protocol.File{Hash: strings.Repeat("ab", 32), Name: "x"}
	for _, c := range []string{mine, id.Format(id.Conversation, id.ID{1, 2, 3})} {
		for _, f := range []protocol.File{file, other} {
			a := r.call(visitor(2), "send", protocol.Send{Conv: c, Files: []protocol.File{f}})
			if a.code() != protocol.NotFound {
				t.Errorf("%s, file %.4s: %s", c, f.Hash, a.code())
			}
		}
	}
}
