package gateway_test

import (
	"net/http"
	"strings"
	"testing"

	"parley/engine/id"
	"parley/gateway/command"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

// allowed is who may use each command, written a second time, by hand: c customer, a agent, s supervisor, d administrator.
var allowed = map[string]string{
	"start": "c", "send": "casd", "end": "c", "rate": "c", "note": "asd", "accept": "asd", "decline": "asd", "resolve": "asd", "reopen": "asd",
	"unassign": "asd", "pick": "asd", "assign": "asd", "presence": "asd", "sign_out": "asd", "history": "casd", "view": "asd", "card": "asd",
	"open": "asd", "close": "asd", "watch": "asd", "unwatch": "asd", "marks": "casd", "typing": "casd", "peek": "c",
	"put_settings": "d", "put_pool": "d", "put_queue": "d", "put_inbox": "d", "put_agent": "d", "config": "asd", "issue_link": "d", "set_password": "asd",
}

var letters = map[command.Role]string{command.Nobody: "-", command.Customer: "c", command.Agent: "a", command.Supervisor: "s", command.Administrator: "d"}

// bodyOf is a body that the command takes.
func bodyOf(cmd, conv, contact string) any {
	ana := id.Format(id.Agent, fake.Ana)
	switch cmd {
	case "start":
		return protocol.Start{Text: "Hello"}
	case "send", "note":
		return protocol.Send{Conv: conv, Text: "Hello"}
	case "rate":
		return protocol.Rate{Conv: conv, Score: "good"}
	case "accept", "decline":
		return protocol.OfOffer{Conv: conv, Offer: protocol.FormatOffer(id.ID{1: 1})}
	case "assign":
		return protocol.Assign{Conv: conv, Agent: ana}
	case "presence":
		return protocol.SetPresence{State: "accepting"}
	case "sign_out":
		return protocol.SignOut{}
	case "history":
		return protocol.History{Conv: conv}
	case "card":
		return protocol.OfContact{Contact: contact}
	case "watch", "unwatch":
		return protocol.Watch{View: "queues"}
	case "marks":
		return protocol.Marks{Conv: conv, Seen: 1}
	case "typing":
		return protocol.Typing{Conv: conv, On: true}
	case "peek":
		return protocol.Peek{Conv: conv, Text: "He"}
	case "put_settings":
		return protocol.Settings{Name: "Acme"}
	case "put_pool":
		return protocol.Pool{ID: id.Format(id.Pool, fake.Pool), Name: "All"}
	case "put_queue":
		return protocol.Queue{ID: id.Format(id.Queue, fake.Queue), Name: "Support", Pool: id.Format(id.Pool, fake.Pool)}
	case "put_inbox":
		return protocol.InboxConfig{ID: inbox, Name: "Shop", Style: "live", Queue: id.Format(id.Queue, fake.Queue)}
	case "put_agent":
		return protocol.AgentConfig{ID: ana, Name: "Ana", Login: "ana", Role: "agent"}
	case "config":
		return protocol.Empty{}
	case "issue_link":
		return protocol.IssueLink{Agent: ana}
	case "set_password":
		return protocol.SetPassword{Password: "a long enough password"}
	default:
		return protocol.OfConv{Conv: conv}
	}
}

// Every command x every role over REST, and the customer's commands to a conversation that is not its own.
func TestWhoMayDoWhatOverREST(t *testing.T) {
	r := newRig(t)
	own := must[protocol.StartOK](t, r.call(visitor(1), "start", protocol.Start{Text: "mine"})).Conv
	foreign := must[protocol.StartOK](t, r.call(visitor(2), "start", protocol.Start{Text: "theirs"})).Conv
	caller := r.backend.Derive("visitor", append(fake.Inbox[:], append(make([]byte, 31), 1)...))
	contact := id.Format(id.Contact, caller)
	for _, c := range command.Table {
		want, ok := allowed[c.Name]
		if !ok {
			t.Errorf("%s is in no column of the matrix", c.Name)
			continue
		}
		for role, letter := range letters {
			a := r.call(r.as(role), c.Name, bodyOf(c.Name, own, contact))
			may := strings.Contains(want, letter)
			switch {
			case c.Kind == command.Sessions:
				if a.code() != protocol.OnlySocket {
					t.Errorf("%s as %s: %d %s", c.Name, role, a.status, a.body)
				}
			case role == command.Nobody:
				if a.status != http.StatusUnauthorized || a.code() != protocol.NotSignedIn {
					t.Errorf("%s as nobody: %d %s", c.Name, a.status, a.body)
				}
			case !may && (a.status != http.StatusForbidden || a.code() != protocol.Forbidden):
				t.Errorf("%s as %s is not refused: %d %s", c.Name, role, a.status, a.body)
			case may && (a.code() == protocol.Forbidden || a.code() == protocol.NotSignedIn || a.status >= 500):
				t.Errorf("%s as %s is refused: %d %s", c.Name, role, a.status, a.body)
			}
		}
		if strings.Contains(want, "c") && c.Name != "start" {
			for what, other := range map[string]string{"foreign": foreign, "unknown": id.Format(id.Conversation, id.ID{1: 99})} {
				if a := r.call(visitor(1), c.Name, bodyOf(c.Name, other, contact)); a.code() != protocol.NotFound {
					t.Errorf("%s to a %s conversation: %d %s", c.Name, what, a.status, a.body)
				}
			}
		}
	}
	for name := range allowed {
		if command.Find(name) == nil {
			t.Errorf("%s of the matrix is no command", name)
		}
	}
}

// An agent may set its own password alone, and power does not come from the body.
func TestAnObjectIsCheckedToo(t *testing.T) {
	r := newRig(t)
	a := r.call(r.as(command.Agent), "set_password", protocol.SetPassword{Agent: id.Format(id.Agent, fake.Bo), Password: "a long enough password"})
	if a.code() != protocol.Forbidden {
		t.Errorf("an agent set another one's password: %s", a.body)
	}
	a = r.call(r.as(command.Administrator), "set_password", protocol.SetPassword{Agent: id.Format(id.Agent, fake.Bo), Password: "a long enough password"})
	if a.status != http.StatusOK {
		t.Errorf("an administrator may not: %s", a.body)
	}
}
