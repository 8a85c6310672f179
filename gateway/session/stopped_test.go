package session_test

import (
	"context"
	"testing"

	"parley/actors"
	"parley/engine/event"
	"parley/engine/id"
	"parley/gateway/fake"
	"parley/gateway/hub"
	"parley/gateway/protocol"
	"parley/gateway/session"
)

// stopped is a backend with one conversation in quarantine.
type stopped struct {
	*fake.Backend
	conv id.ID
}

func (s *stopped) View(ctx context.Context, ref id.Ref) (event.Message, error) {
	if ref.ID == s.conv {
		return nil, actors.ErrQuarantined
	}
	return s.Backend.View(ctx, ref)
}

// A conversation in quarantine stops itself alone: who had it comes in and goes on with the others.
func TestAQuarantinedConversationStopsNobody(t *testing.T) {
	s := &stopped{}
	in(t, func(t *testing.T, r *rig) {
		c, _ := r.customer(1)
		ok, cid := c.start("Hello")
		c.ws.Close()
		s.conv = cid
		cursor := protocol.Cursor{Conv: ok.Conv, Seq: 1}
		_, hello := r.customer(1, cursor)
		if len(hello.Conversations) != 0 || len(hello.Resumed) != 1 || !hello.Resumed[0].TooOld {
			t.Errorf("customer: %+v", hello)
		}
		_, hello = r.agent(fake.Ana, cursor)
		if len(hello.Resumed) != 1 || !hello.Resumed[0].TooOld {
			t.Errorf("agent: %+v", hello)
		}
	}, func(so *session.Options, _ *hub.Options) {
		s.Backend = so.Env.Backend.(*fake.Backend)
		so.Env.Backend = s
	})
}
