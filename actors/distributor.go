package actors

import (
	"parley/cluster/journal"
	"parley/engine/id"
)

type distributor struct{ pool id.ID }

func (d *distributor) close() {}

func (s *shardActor) distribute(b *journal.Batch) {}
func (s *shardActor) configured()                 {}
