// Package client speaks the public protocol over a WebSocket: what the bench, the simulated customers of the demo and
// the tests of the binary use. It does not reconnect; who needs that resumes from a cursor.
package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// Subprotocol is the one version of the protocol this client speaks.
const Subprotocol = "parley.v1"

// Frame is whatever the server sends: an answer (Re), an event (Ev with Seq) or a push (Ev without).
type Frame struct {
	Re    uint64          `json:"re"`
	OK    json.RawMessage `json:"ok"`
	Error *Error          `json:"error"`
	Ev    string          `json:"ev"`
	Conv  string          `json:"conv"`
	Seq   uint64          `json:"seq"`
	At    int64           `json:"at"`
	Body  json.RawMessage `json:"body"`
}

// Error is the server's refusal.
type Error struct {
	Code         string          `json:"code"`
	Message      string          `json:"message"`
	RetryAfterMS int64           `json:"retry_after_ms"`
	Details      json.RawMessage `json:"details"`
}

// Error returns code and message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// ErrClosed is returned once the connection is gone.
var ErrClosed = errors.New("client: connection closed")

// Conn is one signed-in connection. Its methods may be called from several goroutines.
type Conn struct {
	ws     *websocket.Conn
	events func(Frame)
	next   atomic.Uint64
	offset atomic.Int64 // server's clock minus ours, ms
	done   chan struct{}
	err    error // set before done is closed

	mu struct {
		sync.Mutex
		waiting map[uint64]chan Frame
	}
	write sync.Mutex
}

// Dial connects to the base URL (http://host:port) and says hello with body; hello's answer is decoded into ok unless nil.
// events gets every event and push from the reader's goroutine and must not block for long.
func Dial(ctx context.Context, base string, hello any, ok any, events func(Frame)) (*Conn, error) {
	d := websocket.Dialer{Subprotocols: []string{Subprotocol}, HandshakeTimeout: 10 * time.Second, ReadBufferSize: 4096, WriteBufferSize: 4096}
	ws, resp, err := d.DialContext(ctx, "ws"+strings.TrimPrefix(base, "http")+"/ws", http.Header{"Origin": {base}})
	if err != nil {
		if resp != nil {
			return nil, fmt.Errorf("connect to %s: %s: %w", base, resp.Status, err)
		}
		return nil, fmt.Errorf("connect to %s: %w", base, err)
	}
	c := &Conn{ws: ws, events: events, done: make(chan struct{})}
	c.mu.waiting = make(map[uint64]chan Frame)
	go c.read()
	sent := time.Now()
	var greeting struct {
		Now int64 `json:"now"`
	}
	raw, err := c.roundTrip(ctx, "hello", "", hello)
	if err == nil {
		err = json.Unmarshal(raw, &greeting)
	}
	if err == nil && ok != nil {
		err = json.Unmarshal(raw, ok)
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("hello: %w", err)
	}
	c.offset.Store(greeting.Now - sent.Add(time.Since(sent)/2).UnixMilli())
	return c, nil
}

// Key makes a fresh command key in the server's time.
func (c *Conn) Key() string {
	u := uuid.Must(uuid.NewV7())
	ms := time.Now().UnixMilli() + c.offset.Load()
	for i := range 6 {
		u[i] = byte(ms >> (40 - 8*i))
	}
	return u.String()
}

// Do sends a command under a fresh key and decodes its answer into ok unless nil. Errors: *Error, ErrClosed, the context's.
func (c *Conn) Do(ctx context.Context, cmd string, body, ok any) error {
	return c.DoKey(ctx, cmd, c.Key(), body, ok)
}

// DoKey is Do under a given key, which may be repeated; an empty key sends none.
func (c *Conn) DoKey(ctx context.Context, cmd, key string, body, ok any) error {
	raw, err := c.roundTrip(ctx, cmd, key, body)
	if err == nil && ok != nil {
		err = json.Unmarshal(raw, ok)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", cmd, err)
	}
	return nil
}

// Tell sends a volatile command, which has no answer.
func (c *Conn) Tell(cmd string, body any) error {
	return c.send(map[string]any{"cmd": cmd, "body": body})
}

// Done is closed when the connection is gone; Err tells why.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err returns why the connection ended, nil while it lives.
func (c *Conn) Err() error {
	select {
	case <-c.done:
		return c.err
	default:
		return nil
	}
}

// Close ends the connection at once.
func (c *Conn) Close() error { return c.ws.Close() }

func (c *Conn) roundTrip(ctx context.Context, cmd, key string, body any) (json.RawMessage, error) {
	id := c.next.Add(1)
	answer := make(chan Frame, 1)
	c.mu.Lock()
	c.mu.waiting[id] = answer
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.mu.waiting, id)
		c.mu.Unlock()
	}()
	frame := map[string]any{"id": id, "cmd": cmd, "body": body}
	if key != "" {
		frame["key"] = key
	}
	if err := c.send(frame); err != nil {
		return nil, err
	}
	select {
	case f := <-answer:
		if f.Error != nil {
			return nil, f.Error
		}
		return f.OK, nil
	case <-c.done:
		return nil, fmt.Errorf("%w: %w", ErrClosed, c.err)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *Conn) send(frame any) error {
	data, err := json.Marshal(frame)
	if err != nil {
		return err
	}
	c.write.Lock()
	defer c.write.Unlock()
	c.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if err := c.ws.WriteMessage(websocket.TextMessage, data); err != nil {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}

func (c *Conn) read() {
	defer close(c.done)
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			c.err = err
			return
		}
		var f Frame
		if err := json.Unmarshal(data, &f); err != nil {
			c.err = fmt.Errorf("frame from the server: %w", err)
			return
		}
		if f.Re == 0 {
			c.events(f)
			continue
		}
		c.mu.Lock()
		answer := c.mu.waiting[f.Re]
		c.mu.Unlock()
		if answer != nil {
			answer <- f
		}
	}
}
