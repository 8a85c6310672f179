package actors

import (
	"maps"
	"slices"
	"sync"
	"time"

	"parley/engine/centre"
	"parley/engine/entity"
	"parley/engine/event"
	"parley/engine/org"
)

// settings is the node's copy of the configuration. It follows the org entity; every decision is made under it.
type settings struct {
	mu struct {
		sync.Mutex
		config   *centre.Config
		loaded   bool
		reading  bool
		again    []func() // wait for a read that begins after now
		watchers map[int]func(*centre.Config)
		next     int
	}
}

// Config is the present configuration, never nil and never changed.
func (n *Node) Config() *centre.Config {
	s := &n.settings
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mu.config
}

// OnConfig calls f with each later configuration, in order, until cancel is called; f must only hand over.
func (n *Node) OnConfig(f func(*centre.Config)) (cancel func()) {
	s := &n.settings
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.mu.next
	s.mu.next++
	s.mu.watchers[i] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.mu.watchers, i)
	}
}

// configured is a machine that holds the configuration.
type configured interface{ Config() *centre.Config }

// refreshConfig reads org's committed state; done is called once a read that began after this call has taken effect.
func (n *Node) refreshConfig(done func()) {
	s := &n.settings
	s.mu.Lock()
	if done != nil {
		s.mu.again = append(s.mu.again, done)
	}
	if s.mu.reading {
		if done == nil {
			s.mu.again = append(s.mu.again, func() {})
		}
		s.mu.Unlock()
		return
	}
	s.mu.reading = true
	waiting := s.mu.again
	s.mu.again = nil
	s.mu.Unlock()

	var c *centre.Config
	n.route(&call{class: classInner, target: org.Self,
		read: func(m entity.Machine, _ uint64) event.Message {
			if o, ok := m.(configured); ok {
				c = o.Config()
			}
			return nil
		},
		done: func(a Answer) {
			switch {
			case a.Err != nil:
				n.refreshSoon()
			case c == nil:
				n.takeConfig(&centre.Config{}) // org is hosted by something that holds no configuration: tests
			default:
				n.takeConfig(c)
			}
			n.configRead(waiting)
		}})
}

// refreshIn is how long after a failed read the configuration is read again.
const refreshIn = 200 * time.Millisecond

func (n *Node) refreshSoon() {
	if l := n.shards[0].Load(); l != nil {
		l.tell(func(s *shardActor) { s.after(refreshIn, func(*shardActor) { n.refreshConfig(nil) }) })
	}
}

// configRead ends one read and begins the next when somebody asked meanwhile.
func (n *Node) configRead(waiting []func()) {
	for _, f := range waiting {
		f()
	}
	s := &n.settings
	s.mu.Lock()
	s.mu.reading = false
	more := len(s.mu.again) > 0
	s.mu.Unlock()
	if more {
		n.refreshConfig(nil)
	}
}

// takeConfig puts a newer configuration in effect and wakes what depends on it.
func (n *Node) takeConfig(c *centre.Config) {
	s := &n.settings
	s.mu.Lock()
	first := !s.mu.loaded
	if !first && c.Version <= s.mu.config.Version {
		s.mu.Unlock()
		return
	}
	s.mu.loaded, s.mu.config = true, c
	watchers := slices.Collect(maps.Values(s.mu.watchers))
	s.mu.Unlock()
	for _, f := range watchers { // one read runs at a time, so these calls are in order
		f(c)
	}
	for i := range n.shards {
		if l := n.shards[i].Load(); l != nil {
			l.tell((*shardActor).configured)
		}
	}
	n.checkReady()
}

func (n *Node) configLoaded() bool {
	n.settings.mu.Lock()
	defer n.settings.mu.Unlock()
	return n.settings.mu.loaded
}
