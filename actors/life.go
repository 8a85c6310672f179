package actors

import (
	"context"
	"errors"
	"time"

	"parley/engine/id"
)

// Ready waits until every shard is open and the configuration is known.
func (n *Node) Ready(ctx context.Context) error {
	select {
	case <-n.ready.is:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (n *Node) shardOpened(*lease) {
	n.ready.Lock()
	n.ready.open++
	n.ready.Unlock()
	n.checkReady()
}

func (n *Node) checkReady() {
	loaded := n.configLoaded()
	n.ready.Lock()
	defer n.ready.Unlock()
	if !loaded || n.ready.open < id.Shards {
		return
	}
	select {
	case <-n.ready.is:
	default:
		close(n.ready.is)
	}
}

// Entities tells how many entities of each kind are in memory.
func (n *Node) Entities() map[id.Kind]int {
	all := map[id.Kind]int{}
	for k := range n.live {
		if c := n.live[k].Load(); c > 0 {
			all[id.Kind(k)] = int(c)
		}
	}
	return all
}

func (n *Node) count(k id.Kind, by int32) {
	n.live[k].Add(by)
	n.metrics.entities.WithLabelValues(k.String()).Add(float64(by))
}

// errDrain says that something was still under way when the time was up.
var errDrain = errors.New("actors: still something in flight")

// drainLook is how often Drain looks whether all is done.
const drainLook = 10 * time.Millisecond

// Drain refuses new commands (ErrStopped) and waits for those under way. Errors: the context ended first.
func (n *Node) Drain(ctx context.Context) error {
	n.draining.Store(true)
	tick := time.NewTicker(drainLook)
	defer tick.Stop()
	for n.asks.Load() > 0 || n.flights.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(errDrain, ctx.Err())
		}
	}
	return nil
}

// Stop ends all actors. Whoever still waits is answered. The journal may be closed afterwards.
func (n *Node) Stop() {
	n.draining.Store(true)
	for i := range n.shards {
		if l := n.shards[i].Swap(nil); l != nil {
			_ = n.system.Root.StopFuture(l.pid.Load()).Wait()
		}
	}
	n.loaders.close()
	n.dispatcher.close()
	n.system.Shutdown()
}
