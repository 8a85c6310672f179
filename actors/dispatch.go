package actors

import "sync"

// workers is how many goroutines run mailboxes for the life of a node. A goroutine per run, protoactor's default, spends
// 29 % of the CPU of a message growing its stack.
const workers = 8

// throughput is after how many messages a mailbox yields the processor.
const throughput = 300

// dispatcher runs mailboxes on a few long-lived workers. A run that finds no idle worker gets a goroutine of its own, so
// that eight busy actors never starve the ninth. Actors must not block: a worker is theirs for the run.
type dispatcher struct {
	runs chan func()
	stop chan struct{}
	done sync.WaitGroup
}

func newDispatcher() *dispatcher {
	d := &dispatcher{runs: make(chan func()), stop: make(chan struct{})}
	for range workers {
		d.done.Go(d.work)
	}
	return d
}

func (d *dispatcher) work() {
	for {
		select {
		case run := <-d.runs:
			run()
		case <-d.stop:
			return
		}
	}
}

// Schedule implements actor.Dispatcher.
func (d *dispatcher) Schedule(run func()) {
	select {
	case d.runs <- run:
	default:
		go run()
	}
}

// Throughput implements actor.Dispatcher.
func (d *dispatcher) Throughput() int { return throughput }

// close ends the workers and waits for them; later runs get goroutines of their own.
func (d *dispatcher) close() {
	close(d.stop)
	d.done.Wait()
}
