package id

// Kind is a kind of entity. The numbers stand in keys and log and never change.
type Kind uint8

// The kinds of entity (design: entities). Shard is the reserved entity of a shard itself:
// gathered marks, number blocks, erase receipts. Pool is no entity: its name places the queues of a pool.
const (
	Conversation Kind = 1
	Agent        Kind = 2
	Queue        Kind = 3
	Contact      Kind = 4
	Identity     Kind = 5
	Org          Kind = 6
	Shard        Kind = 7
	Pool         Kind = 8
	Inbox        Kind = 9
)

var kinds = map[Kind]struct{ name, prefix string }{
	Conversation: {"conversation", "cnv"},
	Agent:        {"agent", "agt"},
	Queue:        {"queue", "que"},
	Contact:      {"contact", "ctc"},
	Identity:     {"identity", "idn"},
	Org:          {"org", "org"},
	Shard:        {"shard", "shd"},
	Pool:         {"pool", "pol"},
	Inbox:        {"inbox", "inb"},
}

// String returns the name that places an entity and labels a metric.
func (k Kind) String() string {
	if n, ok := kinds[k]; ok {
		return n.name
	}
	return "unknown"
}

// Prefix returns the three letters before a client's identifier.
func (k Kind) Prefix() string { return kinds[k].prefix }

// Ref names one entity.
type Ref struct {
	Kind Kind
	ID   ID
}

// String returns the client form of the reference.
func (r Ref) String() string { return Format(r.Kind, r.ID) }
