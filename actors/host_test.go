package actors_test

import (
	"testing"

	"parley/actors"
)

func TestAsk(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		a := toyRef(1)
		want(t, "view of an unknown", r.view(a), "not_found: no such entity")
		want(t, "unknown", r.reply(a, "refuse-unknown"), "not_found")
		want(t, "first", r.reply(a, "add one"), "ok: 1 one")
		want(t, "second", r.reply(a, "add two"), "ok: 2 two")
		want(t, "refused", r.reply(a, "refuse"), "toy_no: have 2")
		want(t, "plain yes", r.reply(a, "none"), "ok: have 2")
		want(t, "unknown command", r.reply(a, "dance"), "unknown_command")
		want(t, "view", r.view(a), "one|two")
	})
}

func TestKeys(t *testing.T) {
	bubble(t, nil, func(r *rig) {
		a := toyRef(1)
		first, again := r.send(a, key(1), "add one"), r.send(a, key(1), "add one")
		want(t, "first", show(<-first), "ok: 1 one")
		want(t, "in flight", show(<-again), "ok: 1 one")
		want(t, "later", show(<-r.send(a, key(1), "add one")), "ok: 1 one")
		want(t, "other body", show(<-r.send(a, key(1), "add two")), actors.ErrKeyReused.Error())
		r.kill()
		want(t, "after a crash", show(<-r.send(a, key(1), "add one")), "ok: 1 one")
		want(t, "view", r.view(a), "one")
	})
}
