package explorer

import (
	"slices"

	"parley/engine/id"
	"parley/engine/msg/agt"
)

// step is one way on from a world.
type step struct {
	name string
	to   *world
}

// walk gathers the steps from a world.
type walk struct {
	x   *Explorer
	w   *world
	out []step
}

func (x *Explorer) steps(w *world) []step {
	k := &walk{x: x, w: w}
	k.deliver()
	k.network()
	k.distribute()
	k.people()
	k.deadlines()
	return k.out
}

func (k *walk) add(name string, to *world) { k.out = append(k.out, step{name, to}) }

// apply lets one of the cast decide, in a copy of the world; nil when it refused.
func (x *Explorer) apply(w *world, to int, in input) (*world, outcome) {
	out := x.decide(question{state: w.states[to], in: in, nextR: w.nextR})
	n := w.clone()
	n.states[to] = out.state
	n.nextR += out.usedR
	for _, l := range out.letters {
		n.lanes = append(n.lanes, post{letter: l})
	}
	return n, out
}

// receive delivers a letter; the sender's copy is not touched.
func (x *Explorer) receive(w *world, letter uint32) (*world, uint32) {
	kind := byLetter
	if x.letters[letter].from < 0 {
		kind = bySystem
	}
	n, out := x.apply(w, x.letters[letter].to, input{kind: kind, number: letter})
	return n, out.verdict
}

// answer tells the sender the verdict.
func (x *Explorer) answer(w *world, p post) *world {
	n, _ := x.apply(w, x.letters[p.letter].from, input{kind: byAnswer, number: p.letter, verdict: p.verdict})
	return n
}

// deliver: the first letter of each lane arrives, or its verdict does.
func (k *walk) deliver() {
	x, w := k.x, k.w
	for i, p := range w.lanes {
		if !x.first(w, i) {
			continue
		}
		name := x.letters[p.letter].name
		if p.verdict != 0 {
			n := w.clone()
			n.lanes = slices.Delete(n.lanes, i, i+1)
			k.add("verdict on "+name, x.answer(n, p))
		} else {
			n, v := x.receive(w, p.letter)
			n.lanes[i].verdict = v
			if x.letters[p.letter].ignored {
				n.lanes = slices.Delete(n.lanes, i, i+1)
			}
			k.add("deliver "+name, n)
			if w.left.Late > 0 {
				n := n.clone()
				n.late = append(n.late, p.letter)
				n.left.Late--
				k.add("deliver, a copy stays: "+name, n)
			}
		}
		k.again(i, p, name)
	}
	for i, p := range w.parked {
		if p.verdict == 0 {
			n, v := x.receive(w, p.letter)
			n.parked[i].verdict = v
			if x.letters[p.letter].ignored {
				n.parked = slices.Delete(n.parked, i, i+1)
			}
			k.add("retry "+x.letters[p.letter].name, n)
			continue
		}
		n := w.clone()
		n.parked = slices.Delete(n.parked, i, i+1)
		k.add("verdict on retried "+x.letters[p.letter].name, x.answer(n, p))
	}
}

// again: a decided letter is delivered once more, and either verdict may arrive; or it is parked.
func (k *walk) again(i int, p post, name string) {
	x, w := k.x, k.w
	if p.verdict != 0 && w.left.Double > 0 {
		n, v := x.receive(w, p.letter)
		n.left.Double--
		k.add("deliver twice "+name, n)
		if v != p.verdict {
			n := n.clone()
			n.lanes[i].verdict = v
			k.add("deliver twice, later verdict: "+name, n)
		}
	}
	if w.left.Park > 0 {
		n := w.clone()
		n.left.Park--
		n.lanes = slices.Delete(n.lanes, i, i+1)
		n.parked = append(n.parked, post{letter: p.letter})
		k.add("park "+name, x.answer(n, post{letter: p.letter, verdict: x.parkedVerdict}))
	}
}

// network: letters of the distributor arrive, get lost or arrive twice; late copies come; a restart loses memory.
func (k *walk) network() {
	x, w := k.x, k.w
	for i, l := range w.soft {
		n, _ := x.receive(w, l)
		if w.left.Double > 0 {
			twice := n.clone()
			twice.left.Double--
			k.add("deliver, to come again: "+x.letters[l].name, twice)
		}
		n.soft = slices.Delete(n.soft, i, i+1)
		k.add("deliver "+x.letters[l].name, n)
		lost := w.clone()
		lost.soft = slices.Delete(lost.soft, i, i+1)
		k.add("lose "+x.letters[l].name, lost)
	}
	for i, l := range w.late {
		n, _ := x.receive(w, l)
		n.late = slices.Delete(n.late, i, i+1)
		k.add("late copy of "+x.letters[l].name, n)
	}
	if w.left.Restart > 0 {
		n := w.clone()
		n.left.Restart--
		n.soft = nil
		for i := range n.lanes {
			n.lanes[i].verdict = 0
		}
		for i := range n.parked {
			n.parked[i].verdict = 0
		}
		k.add("restart", n)
	}
}

// distribute: the distributor asks any agent for any conversation that waits. That is more than a pool would ask: it covers
// whatever a distributor believes that has just begun or knows an old state.
func (k *walk) distribute() {
	if k.w.left.Reserve == 0 {
		return
	}
	for c, q := range queueOf {
		e, waits := k.x.snapshots[k.w.states[q]].queue[refs[c].ID]
		if !waits || e.offered {
			continue
		}
		for _, a := range []int{agent0, agent1} {
			n := k.x.ask(k.w, c, a, e.n)
			n.left.Reserve--
			k.add("ask "+names[a]+" for "+names[c], n)
		}
	}
}

// ask sends a Reserve with a new r.
func (x *Explorer) ask(w *world, c, a int, attempt uint64) *world {
	n := w.clone()
	n.soft = append(n.soft, x.letterNumber(-1, a, id.ID{}, &agt.Command{Body: &agt.Command_Reserve{Reserve: &agt.Reserve{
		R: reservation(n.nextR).Bytes(), Conversation: refs[c].ID.Bytes(), N: attempt, Queue: refs[queueOf[c]].ID.Bytes(), LeaseMs: 30_000,
	}}}))
	n.nextR++
	return n
}
