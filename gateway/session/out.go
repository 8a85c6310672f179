package session

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"parley/gateway/frame"
	"parley/gateway/hub"
	"parley/gateway/protocol"
)

// Chunks of what waits go out together, and a socket that takes none of one for writeWait is dead.
const (
	chunk     = 32 << 10
	writeWait = 10 * time.Second
	slowSpan  = 30 * time.Second // in which a session that is behind must take as much as its buffer holds
	lingerFor = 2 * time.Second  // how long a closed session is read from, so that its last frames arrive
)

var errClosed = errors.New("session: closed")

// item is a frame that waits. What has a follow or is a push may be let go when too much waits: the log, or the next
// push, makes up for it. Answers stay.
type item struct {
	data   []byte
	follow *hub.Follow
	n      uint64
	push   bool
	begun  bool // part of it is on the wire
}

// out is the writing half of a session. Whoever has a frame writes it directly, without blocking; only while the socket
// is busy, or something must be read from the log first, a goroutine owns it.
type out struct {
	conn  net.Conn
	raw   syscall.RawConn // nil: the connection cannot be asked whether it is busy
	limit int             // bytes that may wait
	now   func() time.Time
	fill  func(ctx context.Context, f *hub.Follow, write func([]byte) error) error
	over  func(code int) // the session must end; called without the lock
	wrote atomic.Int64   // bytes taken by the socket in a goroutine's writes
	m     *metrics

	mu struct {
		sync.Mutex
		wait    []item
		size    int
		behind  []*hub.Follow
		writing bool
		closing bool // the close frame was written or waits
		closed  bool
		slow    time.Time // begin of the span in which it is watched for being slow, zero = it is not
		took    int64     // what it had taken then
		dropped bool      // pushes were let go
	}
}

// send writes a frame, now or as soon as the socket takes it.
func (o *out) send(it item) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.put(it)
}

// put is send with the lock held.
func (o *out) put(it item) {
	if o.mu.closed || o.mu.closing {
		return
	}
	if !o.mu.writing && o.raw != nil {
		n, err := tryWrite(o.raw, it.data)
		o.m.bytes.Add(float64(n))
		if err != nil {
			o.fail()
			return
		}
		if n == len(it.data) {
			return
		}
		it.data, it.begun = it.data[n:], n > 0
	}
	o.mu.wait = append(o.mu.wait, it)
	o.mu.size += len(it.data)
	if o.mu.size > o.limit {
		o.letGo()
	}
	o.start()
}

// letGo empties what waits of all that can be had again. Called with the lock held.
func (o *out) letGo() {
	o.m.letGo.Inc()
	if o.mu.slow.IsZero() {
		o.mu.slow, o.mu.took = o.now(), o.wrote.Load()
	}
	keep := o.mu.wait[:0]
	size := 0
	for _, it := range o.mu.wait {
		switch {
		case it.begun || it.follow == nil && !it.push:
			keep = append(keep, it)
			size += len(it.data)
		case it.follow != nil:
			if it.follow.Last >= it.n {
				it.follow.Last = it.n - 1
			}
			o.fallBehind(it.follow)
		default:
			o.mu.dropped = true
		}
	}
	clear(o.mu.wait[len(keep):])
	o.mu.wait, o.mu.size = keep, size
	if size > o.limit {
		o.fail() // answers alone: it asks for more than it reads
	}
}

// fallBehind has a follow read from the log. Called with the lock held.
func (o *out) fallBehind(f *hub.Follow) {
	f.Live = false
	for _, other := range o.mu.behind {
		if other == f {
			return
		}
	}
	o.mu.behind = append(o.mu.behind, f)
	o.start()
}

// event takes a live event: in order, once, and only from who is live.
func (o *out) event(f *hub.Follow, n uint64, data []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case !f.Live:
		o.fallBehind(f)
	case n > f.Last && data != nil:
		f.Last = n
		o.put(item{data: data, follow: f, n: n})
	}
}

// start begins the goroutine that owns the socket, unless there is one. Called with the lock held.
func (o *out) start() {
	if !o.mu.writing && !o.mu.closed {
		o.mu.writing = true
		go o.run()
	}
}

// run writes until nothing waits and nobody is behind.
func (o *out) run() {
	o.m.writers.Inc()
	defer o.m.writers.Dec()
	for {
		o.mu.Lock()
		if o.mu.closed {
			o.mu.writing = false
			o.mu.Unlock()
			return
		}
		o.judge()
		batch, f := o.next()
		if batch == nil && f == nil {
			o.mu.writing, o.mu.slow = false, time.Time{}
			o.idle()
			o.mu.Unlock()
			return
		}
		o.mu.Unlock()
		var err error
		if f != nil {
			err = o.catchUp(f)
		} else {
			err = o.write(batch)
		}
		if err != nil {
			o.mu.Lock()
			o.fail()
			o.mu.Unlock()
		}
	}
}

// judge ends a session that stays slow: it reads, or its socket would have timed out, but not even its buffer's worth in
// a span. Called with the lock held.
func (o *out) judge() {
	if o.mu.slow.IsZero() || o.now().Sub(o.mu.slow) < slowSpan {
		return
	}
	took := o.wrote.Load()
	if took-o.mu.took < int64(o.limit) && !o.mu.closing {
		o.m.slow.Inc()
		go o.over(protocol.CloseSlow)
	}
	o.mu.slow, o.mu.took = o.now(), took
}

// idle gives the socket back to direct writing. A write deadline that has passed would refuse those.
func (o *out) idle() {
	if o.raw != nil {
		_ = o.conn.SetWriteDeadline(time.Time{})
	}
}

// next takes a chunk of what waits, else a follow to be caught up. Called with the lock held.
func (o *out) next() (net.Buffers, *hub.Follow) {
	if len(o.mu.wait) == 0 {
		if len(o.mu.behind) == 0 || o.mu.closing {
			return nil, nil
		}
		f := o.mu.behind[0]
		o.mu.behind = o.mu.behind[1:]
		return nil, f
	}
	var batch net.Buffers
	size, i := 0, 0
	for ; i < len(o.mu.wait) && size < chunk; i++ {
		batch = append(batch, o.mu.wait[i].data)
		size += len(o.mu.wait[i].data)
	}
	rest := copy(o.mu.wait, o.mu.wait[i:])
	clear(o.mu.wait[rest:])
	o.mu.wait, o.mu.size = o.mu.wait[:rest], o.mu.size-size
	if rest == 0 {
		o.mu.wait = nil
	}
	return batch, nil
}

func (o *out) write(b net.Buffers) error {
	if err := o.conn.SetWriteDeadline(o.now().Add(writeWait)); err != nil {
		return err
	}
	n, err := b.WriteTo(o.conn)
	o.wrote.Add(n)
	o.m.bytes.Add(float64(n))
	return err
}

// catchUp reads a follow's past from the log onto the socket. What else waits goes between two of its frames.
func (o *out) catchUp(f *hub.Follow) error {
	o.m.fills.Inc()
	err := o.fill(context.Background(), f, func(data []byte) error {
		if err := o.write(net.Buffers{data}); err != nil {
			return errClosed
		}
		return o.between()
	})
	switch {
	case err == nil:
	case errors.Is(err, errClosed):
		return err
	default: // the log cannot be read right now
		time.AfterFunc(fillAgain, func() {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.fallBehind(f)
		})
	}
	return nil
}

// fillAgain is how long a catch-up that failed waits for its next try.
const fillAgain = 200 * time.Millisecond

// between writes what waits during a catch-up.
func (o *out) between() error {
	for {
		o.mu.Lock()
		if o.mu.closed || o.mu.closing && len(o.mu.wait) == 0 {
			o.mu.Unlock()
			return errClosed
		}
		o.judge()
		if len(o.mu.wait) == 0 {
			o.mu.Unlock()
			return nil
		}
		batch, _ := o.next()
		o.mu.Unlock()
		if err := o.write(batch); err != nil {
			return errClosed
		}
	}
}

// fail gives the socket up. Called with the lock held.
func (o *out) fail() {
	if !o.mu.closed {
		go o.over(0)
	}
	o.mu.closed = true
	o.mu.wait, o.mu.behind = nil, nil
	_ = o.conn.Close()
}

// close writes a close frame behind everything that waits, and lets the peer read it.
func (o *out) close(code int, reason string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if code == 0 || o.mu.closed {
		o.mu.closed = true
		_ = o.conn.Close()
		return
	}
	if o.mu.closing {
		return
	}
	if code == protocol.CloseSlow {
		o.letGo()
		o.mu.behind = nil
	}
	o.put(item{data: frame.Close(code, reason)})
	o.mu.closing = true
	_ = o.conn.SetReadDeadline(o.now().Add(lingerFor))
}

// control writes a control frame of the library; after a close frame nothing else follows.
func (o *out) control(data []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.put(item{data: data})
	if frame.IsClose(data) && !o.mu.closing {
		o.mu.closing = true
		_ = o.conn.SetReadDeadline(o.now().Add(lingerFor))
	}
}

// linger lets the last frames of a session that is closing go out: a connection closed while something unread lies in it
// is reset, and the peer never sees why.
func (o *out) linger() {
	o.mu.Lock()
	closing := o.mu.closing && !o.mu.closed
	o.mu.Unlock()
	if closing {
		_, _ = io.Copy(io.Discard, o.conn)
	}
}

// shut ends the connection for good.
func (o *out) shut() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mu.closed = true
	o.mu.wait, o.mu.behind = nil, nil
	_ = o.conn.Close()
}

// fill reads a follow's past from the log.
func fill(ctx context.Context, f *hub.Follow, write func([]byte) error) error {
	return f.Fill(ctx, write)
}
