package explorer

import (
	"fmt"
	"hash/fnv"
	"iter"
	"strings"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/id"
	"parley/engine/routing"
)

const (
	// settleEvery is of how many new worlds one is settled to the end. All quiet ones are checked.
	settleEvery = 4
	// deep is how many worlds a walk goes on from the newest before it turns back to any open one. Always the newest stays
	// in one corner; always any stays near the opening and sees few quiet worlds.
	deep = 8
)

// Explorer keeps what one search has seen: states, letters, verdicts and decisions once each.
type Explorer struct {
	config *centre.Config
	fault  Fault

	snapshots       []*snapshot
	snapshotNumbers map[string]uint32
	letters         []letter
	letterNumbers   map[string]uint32
	lanes           map[string]uint32
	verdicts        []verdict
	verdictNumbers  map[verdict]uint32
	commands        []stepInput
	commandNumbers  map[string]uint32
	decisions       map[question]outcome
	parkedVerdict   uint32
	returns         bool // customers may come back

	seen  map[[16]byte]struct{}
	nodes []node
	Quiet int // quiet worlds checked
}

// node is how a world was reached.
type node struct {
	from uint32
	name string
}

type lister interface {
	All(id.ID) iter.Seq[routing.Waiting]
}

type candidate interface {
	Candidate(id.ID, *centre.Config) routing.Candidate
}

// New makes an explorer with a planted fault, or None.
func New(fault Fault) *Explorer {
	x := &Explorer{
		config: config(), fault: fault,
		snapshotNumbers: map[string]uint32{}, letterNumbers: map[string]uint32{}, lanes: map[string]uint32{},
		verdictNumbers: map[verdict]uint32{}, commandNumbers: map[string]uint32{}, decisions: map[question]outcome{},
		seen: map[[16]byte]struct{}{},
	}
	x.verdicts = append(x.verdicts, verdict{code: "none yet"})
	x.parkedVerdict = x.verdictNumber(verdict{code: entity.CodeParked})
	return x
}

// Violation is a rule that does not hold, with the steps that lead there.
type Violation struct {
	Rule  error
	Steps []string
}

// Error tells the rule and the way.
func (v *Violation) Error() string { return v.Rule.Error() + "\n  " + strings.Join(v.Steps, "\n  ") }

// Explore walks worlds until limit distinct ones were seen or there are no more, and returns how many it saw in this call.
// dice draws the order: a number below n. The error is a *Violation.
func (x *Explorer) Explore(b Budget, limit int, dice func(n int) int) (int, error) {
	type open struct {
		world []byte
		node  uint32
	}
	x.returns = b.Post > 0
	before := len(x.nodes)
	var frontier []open
	visit := func(w *world, name string, from uint32) error {
		data := x.encode(w)
		h := fnv.New128a()
		h.Write(data)
		key := [16]byte(h.Sum(nil))
		if _, old := x.seen[key]; old {
			return nil
		}
		x.seen[key] = struct{}{}
		n := uint32(len(x.nodes))
		x.nodes = append(x.nodes, node{from: from, name: name})
		frontier = append(frontier, open{world: data, node: n})
		if err := x.check(w, int(n)); err != nil {
			return &Violation{Rule: err, Steps: x.way(n)}
		}
		return nil
	}
	if err := visit(x.open(b), "", uint32(before)); err != nil {
		return 1, err
	}
	for len(frontier) > 0 && len(x.nodes)-before < limit {
		i := len(frontier) - 1
		if dice(deep) == 0 {
			i = dice(len(frontier))
		}
		o := frontier[i]
		frontier[i] = frontier[len(frontier)-1]
		frontier = frontier[:len(frontier)-1]
		steps := x.steps(decodeWorld(o.world))
		for i := range steps {
			j := i + dice(len(steps)-i)
			steps[i], steps[j] = steps[j], steps[i]
			s := steps[i]
			if err := visit(s.to, s.name, o.node); err != nil {
				return len(x.nodes) - before, err
			}
		}
	}
	return len(x.nodes) - before, nil
}

func (x *Explorer) check(w *world, n int) error {
	if err := x.always(w); err != nil {
		return err
	}
	if x.quiet(w) {
		x.Quiet++
		if err := x.atRest(w); err != nil {
			return err
		}
	}
	if n%settleEvery == 0 {
		if err := x.settle(w); err != nil {
			return fmt.Errorf("settled: %w", err)
		}
	}
	return nil
}

// way lists the steps to a node.
func (x *Explorer) way(n uint32) []string {
	var out []string
	for x.nodes[n].name != "" {
		out = append([]string{x.nodes[n].name}, out...)
		n = x.nodes[n].from
	}
	return out
}

// open is the first world of a walk.
func (x *Explorer) open(b Budget) *world {
	w := &world{left: b, nextR: 1}
	for e := range w.states {
		w.states[e] = x.intern(&snapshot{who: e, head: types[e].New().Head(), rows: map[string]row{}})
	}
	for _, in := range opening() {
		n, out := x.apply(w, in.to, input{kind: byCommand, number: x.commandNumber(in.by, in.body)})
		if out.refused {
			panic(fmt.Sprintf("opening: %v", x.verdicts[out.verdict]))
		}
		w = n
	}
	return w
}
