package actors

import (
	"time"

	"parley/cluster/journal"
)

const (
	keySweep    = time.Minute
	expireMost  = 500 // keys in one batch
	expireAfter = 2 * time.Second
)

// expireKeys deletes client keys and received marks older than a day. Only a batch of the shard does so, never a node's
// own clock on its own rows: replicas stay equal.
func (s *shardActor) expireKeys() {
	l := s.lease
	before := l.node.now().Add(-remembered)
	l.node.loaders.do(func() {
		old, err := l.node.journal.Expired(l.shard, before, expireMost)
		l.tell(func(s *shardActor) {
			if err != nil || len(old) == 0 {
				s.after(keySweep, (*shardActor).expireKeys)
				return
			}
			s.own(&journal.Batch{Expire: old}, func(s *shardActor, _ bool) {
				s.after(expireAfter, (*shardActor).expireKeys)
			})
		})
	})
}

// expire deletes one key soon: its sender has too many.
func (s *shardActor) expire(x journal.ExpiredKey) {
	s.crowd = append(s.crowd, x)
	if len(s.crowd) == 1 {
		s.after(expireAfter, (*shardActor).flushCrowd)
	}
}

func (s *shardActor) flushCrowd() {
	batch := s.crowd[:min(len(s.crowd), expireMost)]
	s.own(&journal.Batch{Expire: batch}, func(s *shardActor, ok bool) {
		if ok {
			s.crowd = s.crowd[len(batch):]
		}
		if len(s.crowd) > 0 {
			s.after(expireAfter, (*shardActor).flushCrowd)
		}
	})
}
