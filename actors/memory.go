package actors

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"time"

	"parley/cluster/journal"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/id"
)

// remembered is how long a client's key and a received effect give their first answer again.
const remembered = 24 * time.Hour

// memory is a command that was decided: its answer, or where that waits.
type memory struct {
	key    keyRef       // of a client's command
	source event.Source // of an effect
	hash   uint64
	at     time.Time
	answer []byte  // encoded Verdict
	flight *flight // not committed yet, nil = it is
	awaits uint64  // the answer comes with the decision on the verdict of this effect
}

// keyring holds the client keys of an entity, at most a number per sender: then the oldest goes.
type keyring struct {
	of      map[keyRef]*memory
	senders map[id.ID][]id.ID // keys in the order they came
}

type keyRef struct{ sender, key id.ID }

func (k *keyring) put(r keyRef, m *memory) {
	if k.of == nil {
		k.of, k.senders = map[keyRef]*memory{}, map[id.ID][]id.ID{}
	}
	if k.of[r] == nil {
		k.senders[r.sender] = append(k.senders[r.sender], r.key)
	}
	k.of[r] = m
}

// over takes out the oldest key of a sender who has more than limit; false when there is none.
func (k *keyring) over(sender id.ID, limit int) (id.ID, bool) {
	keys := k.senders[sender]
	if len(keys) <= limit {
		return id.ID{}, false
	}
	oldest := keys[0]
	k.senders[sender] = keys[1:]
	delete(k.of, keyRef{sender, oldest})
	return oldest, true
}

// hashOf is what a repeat of a key must equal: FNV-1a over the encoded command.
func hashOf(body event.Message) uint64 {
	data, err := body.MarshalVT()
	if err != nil {
		return 0
	}
	h := fnv.New64a()
	h.Write(data)
	return h.Sum64()
}

// encodeAnswer writes what the log keeps of an answer.
func encodeAnswer(a Answer) []byte {
	v := entity.Verdict{}
	var reply entity.Replier = a.Reply
	if a.Refusal != nil {
		v.Code, v.Detail = string(a.Refusal.Code), a.Refusal.Detail
		reply = a.Refusal.Reply
	}
	if reply != nil {
		v.Reply, _ = reply.MarshalVT()
	}
	data, _ := v.MarshalVT()
	return data
}

// decodeAnswer reads what encodeAnswer wrote.
func decodeAnswer(data []byte, reply func() event.Message) Answer {
	var v entity.Verdict
	if err := v.UnmarshalVT(data); err != nil {
		return Answer{Err: ErrInternal}
	}
	return answerOf(entity.Code(v.Code), v.Detail, v.Reply, reply)
}

// answerOf makes an answer of the parts of a verdict.
func answerOf(code entity.Code, detail string, data []byte, reply func() event.Message) Answer {
	var m event.Message
	if len(data) > 0 {
		m = reply()
		if err := m.UnmarshalVT(data); err != nil {
			return Answer{Err: ErrInternal}
		}
	}
	if code == "" {
		return Answer{Reply: m}
	}
	r := entity.Refuse(code, detail)
	if m != nil {
		r = r.With(m)
	}
	return Answer{Refusal: r, Reply: m}
}

// awaitMark begins what the log keeps of a command whose answer waits for the verdict on an own effect: the effect's seq
// follows. No encoded Verdict begins with it.
const awaitMark = 0

func encodeAwait(effect uint64) []byte { return binary.AppendUvarint([]byte{awaitMark}, effect) }

func decodeAwait(data []byte) (effect uint64) {
	if len(data) > 1 && data[0] == awaitMark {
		effect, _ = binary.Uvarint(data[1:])
	}
	return effect
}

// repeat answers a command that was decided before; false when it was not.
func (e *entityActor) repeat(c *call) bool {
	if e.lease.node.options.Faults.DedupeOff {
		return false
	}
	m := e.recall(c)
	if m == nil {
		return false
	}
	e.lease.node.metrics.repeats.Inc()
	switch {
	case !c.in.Key.IsZero() && m.hash != c.hash:
		e.answer(c, Answer{Err: ErrKeyReused})
	case m.awaits != 0:
		e.await(c, m.awaits)
		if m.flight != nil {
			m.flight.items = append(m.flight.items, item{call: c, awaits: m.awaits})
		}
	case m.flight != nil:
		m.flight.items = append(m.flight.items, item{call: c, answer: decodeAnswer(m.answer, e.kind.Reply)})
	default:
		e.answer(c, decodeAnswer(m.answer, e.kind.Reply))
	}
	return true
}

func (e *entityActor) recall(c *call) *memory {
	var m *memory
	switch {
	case c.in.Cause.Seq != 0:
		m = e.received[c.in.Cause]
	case !c.in.Key.IsZero():
		m = e.keys.of[keyRef{c.in.By.ID, c.in.Key}]
	}
	if m != nil && e.lease.node.now().Sub(m.at) > remembered {
		return nil
	}
	return m
}

// remember keeps a command with the batch that decided it. awaits is as in Outcome: the log then holds that the answer
// is still to come, so that a repeat after a crash waits for the same verdict and does nothing twice.
func (e *entityActor) remember(c *call, f *flight, a Answer, awaits uint64, now time.Time) {
	m := &memory{hash: c.hash, at: now, awaits: awaits, answer: encodeAwait(awaits)}
	if awaits == 0 {
		m.answer = encodeAnswer(a)
	}
	switch {
	case c.in.Cause.Seq != 0:
		m.source = c.in.Cause
		e.received[m.source] = m
		e.forgetReceived(now)
	case !c.in.Key.IsZero():
		m.key = keyRef{c.in.By.ID, c.in.Key}
		e.keys.put(m.key, m)
		e.crowded(c.in.By.ID)
	default:
		return
	}
	if awaits != 0 {
		e.owe(m)
	}
	m.write(f)
}

// receivedFew is how many received effects an entity keeps before it looks for old ones.
const receivedFew = 1024

// forgetReceived drops effects received more than a day ago, whenever their number has doubled: an entity that is never
// idle, such as a queue, would keep all it ever received. Their rows go by a batch of the shard.
func (e *entityActor) forgetReceived(now time.Time) {
	if len(e.received) < max(receivedFew, e.receivedMost) {
		return
	}
	maps.DeleteFunc(e.received, func(_ event.Source, m *memory) bool {
		return m.flight == nil && m.awaits == 0 && now.Sub(m.at) > remembered
	})
	e.receivedMost = 2 * len(e.received)
}

// owe notes a memory whose answer is still to come.
func (e *entityActor) owe(m *memory) {
	if e.owed == nil {
		e.owed = map[uint64][]*memory{}
	}
	e.owed[m.awaits] = append(e.owed[m.awaits], m)
}

// write puts the memory into the batch of a flight.
func (m *memory) write(f *flight) {
	m.flight = f
	if m.source.Seq != 0 {
		f.batch.Received = append(f.batch.Received, journal.Received{Source: m.source.Ref, Seq: m.source.Seq, Answer: m.answer, At: m.at})
		return
	}
	f.batch.Keys = append(f.batch.Keys, journal.ClientKey{Sender: m.key.sender, Key: m.key.key, Hash: m.hash, Answer: m.answer, At: m.at})
}

// crowded has the shard delete the oldest key of a sender with too many.
func (e *entityActor) crowded(sender id.ID) {
	for {
		key, ok := e.keys.over(sender, e.lease.node.options.KeyCap)
		if !ok {
			return
		}
		x := journal.ExpiredKey{Entity: e.ref, Sender: sender, Key: key}
		e.lease.tell(func(s *shardActor) { s.expire(x) })
	}
}

// committed notes that what the flight decided is in the log.
func (e *entityActor) committed(f *flight) {
	for _, k := range f.batch.Keys {
		if m := e.keys.of[keyRef{k.Sender, k.Key}]; m != nil && m.flight == f {
			m.flight = nil
		}
	}
	for _, r := range f.batch.Received {
		if m := e.received[event.Source{Ref: r.Source, Seq: r.Seq}]; m != nil && m.flight == f {
			m.flight = nil
		}
	}
}
