package auth

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"parley/engine/id"
	"parley/engine/msg/agt"
	"parley/gateway/command"
	"parley/gateway/fake"
	"parley/gateway/protocol"
)

func newAuth(t *testing.T) (*Auth, *fake.Backend, *time.Time) {
	t.Helper()
	now := time.UnixMilli(1_764_000_000_000).UTC()
	clock := func() time.Time { return now }
	b := fake.New(clock, fake.Centre())
	t.Cleanup(b.Close)
	return New(Options{Backend: b, Now: clock, Rand: rand.NewChaCha8([32]byte{})}), b, &now
}

// A wrong password, an unknown name, an agent without a password and one who is switched off: the same answer after the
// same work with the same parameters.
func TestEveryWrongSignInCostsTheSame(t *testing.T) {
	a, b, _ := newAuth(t)
	encoded, err := a.Password(t.Context(), id.ID{1: 1}, "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	b.Agent(fake.Ana, func(v *agt.View) { v.Password = encoded })
	parameters := func(s string) string { return strings.Join(strings.Split(s, "$")[:4], "$") }
	for _, login := range []string{"ana", "nobody", "bo", ""} {
		var work []string
		compare := a.compare
		a.compare = func(p, e string) (bool, error) { work = append(work, e); return compare(p, e) }
		_, err := a.Login(t.Context(), "", login, "wrong")
		a.compare = compare
		if err == nil || err.Code != protocol.WrongPassword || len(err.Details) > 0 || err.RetryAfterMS > 0 {
			t.Errorf("%q: %+v", login, err)
		}
		if len(work) != 1 || parameters(work[0]) != parameters(encoded) {
			t.Errorf("%q: work %v", login, work)
		}
	}
}

func TestVisitorsAreTheirSecrets(t *testing.T) {
	a, _, _ := newAuth(t)
	inbox, other := id.Format(id.Inbox, fake.Inbox), id.Format(id.Inbox, fake.Other)
	secret := strings.Repeat("A", 42) + "E"
	one, err := a.Visitor(inbox, secret)
	if err != nil || one.Role != command.Customer || one.ID.IsZero() {
		t.Fatalf("%+v %v", one, err)
	}
	if again, _ := a.Visitor(inbox, secret); again.ID != one.ID {
		t.Error("the same secret is somebody else")
	}
	if elsewhere, _ := a.Visitor(other, secret); elsewhere.ID == one.ID {
		t.Error("a secret reaches into another inbox")
	}
	for _, bad := range []string{"", "A", strings.Repeat("A", 44), strings.Repeat("A", 42) + "B", strings.Repeat("A", 42) + "=", strings.Repeat("*", 43)} {
		if _, err := a.Visitor(inbox, bad); err == nil || err.Code != protocol.Invalid {
			t.Errorf("secret %q: %v", bad, err)
		}
	}
}

func TestTokensEnd(t *testing.T) {
	a, _, now := newAuth(t)
	link, hash := a.Link(fake.Ana, id.ID{1: 9})
	if err := a.ask(t.Context(), fake.Ana, &agt.Command{Body: &agt.Command_IssueLink{IssueLink: &agt.IssueLink{Hash: hash, ValidMs: 1000}}}); err != nil {
		t.Fatal(err)
	}
	ok, err := a.Redeem(t.Context(), "", link)
	if err != nil {
		t.Fatal(err)
	}
	caller, err := a.Token(t.Context(), ok.Token)
	if err != nil || caller.ID != fake.Ana || caller.Role != command.Agent {
		t.Fatalf("%+v %v", caller, err)
	}
	for _, bad := range []string{"", "pst_", ok.Token + "A", ok.Token[:len(ok.Token)-2] + "AA", strings.Replace(ok.Token, "pst_", "link_", 1), strings.ToUpper(ok.Token)} {
		if _, err := a.Token(t.Context(), bad); err == nil || err.Code != protocol.NotSignedIn {
			t.Errorf("token %q: %v", bad, err)
		}
	}
	*now = now.Add(12*time.Hour + time.Second)
	if _, err := a.Token(t.Context(), ok.Token); err == nil || err.Code != protocol.NotSignedIn {
		t.Errorf("after 12 h: %v", err)
	}
}

// Waits double up to a bound, by name in any case and by network, and end by themselves: nobody is locked out for good.
func TestDelays(t *testing.T) {
	d, now := newDelays(), time.Unix(1_764_000_000, 0)
	var got []time.Duration
	for range 10 {
		got = append(got, d.wait("Ana", now))
		d.failed("ana ", now)
	}
	want := []time.Duration{0, 0, 0, 1, 2, 4, 8, 16, 30, 30}
	for i := range want {
		if got[i] != want[i]*time.Second {
			t.Fatalf("waits %v", got)
		}
	}
	if w := d.wait("ana", now.Add(longestDelay)); w != 0 {
		t.Errorf("after the longest: %v", w)
	}
	d.forget("ANA")
	if w := d.wait("ana", now); w != 0 {
		t.Errorf("after a success: %v", w)
	}
	for i := range delaysMost + 10 {
		d.failed(strings.Repeat("x", i%50)+string(rune(i)), now)
	}
	if len(d.mu.of) > delaysMost {
		t.Errorf("%d names", len(d.mu.of))
	}
}
