package bench

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"parley/client"
)

// perAgent is how many conversations one seat holds at once: what the busiest live-chat products allow.
const perAgent = 20

// stage is the part of a centre the bench makes for itself: its own pool, queue, inbox and agents.
type stage struct {
	inbox  string
	tokens []string // one per agent
}

func newID(prefix string) string {
	var b [16]byte
	rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x70, b[8]&0x3f|0x80
	return prefix + "_" + hex.EncodeToString(b[:])
}

// prepare builds the stage through the public API, as an administrator would.
func prepare(ctx context.Context, base, admin string, conversations int, progress func(done, of int)) (stage, error) {
	agents := (conversations + perAgent - 1) / perAgent
	pool, queue := newID("pol"), newID("que")
	s := stage{inbox: newID("inb")}
	steps := []struct {
		cmd  string
		body map[string]any
	}{
		{"put_settings", map[string]any{"name": "Bench", "limit": perAgent}},
		{"put_pool", map[string]any{"id": pool, "name": "Bench"}},
		{"put_queue", map[string]any{"id": queue, "name": "Bench", "pool": pool}},
		{"put_inbox", map[string]any{"id": s.inbox, "name": "Bench", "queue": queue, "style": "live", "anonymous": true}},
	}
	for _, step := range steps {
		if err := client.REST(ctx, base, admin, step.cmd, step.body, nil); err != nil {
			return s, err
		}
	}
	for i := range agents {
		agent := newID("agt")
		body := map[string]any{"id": agent, "name": fmt.Sprintf("Seat %d", i+1), "login": agent, "role": "agent", "limit": -1,
			"queues": []map[string]any{{"queue": queue}}}
		if err := client.REST(ctx, base, admin, "put_agent", body, nil); err != nil {
			return s, err
		}
		token, err := signIn(ctx, base, admin, agent)
		if err != nil {
			return s, err
		}
		s.tokens = append(s.tokens, token)
		progress(i+1, agents)
	}
	return s, nil
}

func signIn(ctx context.Context, base, admin, agent string) (string, error) {
	var link struct {
		Link string `json:"link"`
	}
	if err := client.REST(ctx, base, admin, "issue_link", map[string]any{"agent": agent}, &link); err != nil {
		return "", err
	}
	return Redeem(ctx, base, link.Link)
}

// Redeem trades a one-time link's secret for a session token.
func Redeem(ctx context.Context, base, link string) (string, error) {
	var session struct {
		Token string `json:"token"`
	}
	err := client.REST(ctx, base, "", "redeem", map[string]any{"link": link}, &session)
	return session.Token, err
}
