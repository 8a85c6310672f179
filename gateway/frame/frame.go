// Package frame writes WebSocket frames as they go over the wire, so that one frame is encoded once and written to
// many sockets as it is.
package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
)

// First bytes of an unfragmented frame (RFC 6455, 5.2). A server's frames are not masked.
const (
	textFrame  = 0x81
	closeFrame = 0x88
	pingFrame  = 0x89
	pongFrame  = 0x8a
)

// headRoom is the longest header of a server's frame.
const headRoom = 10

// mostControl is the longest payload of a control frame.
const mostControl = 125

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// JSON writes v as one text frame. An error means that v cannot be JSON: a fault of the program.
func JSON(v any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	b.Write(make([]byte, headRoom))
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("frame: %w", err)
	}
	whole := b.Bytes()[:b.Len()-1] // the encoder ends with a line break
	start := headRoom - headerLen(len(whole)-headRoom)
	out := bytes.Clone(whole[start:])
	header(out, textFrame, len(whole)-headRoom)
	return out, nil
}

// Text writes a payload as one text frame.
func Text(payload []byte) []byte {
	n := headerLen(len(payload))
	out := make([]byte, n+len(payload))
	header(out, textFrame, len(payload))
	copy(out[n:], payload)
	return out
}

func headerLen(n int) int {
	switch {
	case n < 126:
		return 2
	case n < 1<<16:
		return 4
	default:
		return headRoom
	}
}

func header(out []byte, first byte, n int) {
	out[0] = first
	switch headerLen(n) {
	case 2:
		out[1] = byte(n)
	case 4:
		out[1] = 126
		binary.BigEndian.PutUint16(out[2:], uint16(n))
	default:
		out[1] = 127
		binary.BigEndian.PutUint64(out[2:], uint64(n))
	}
}

// Ping is a ping without payload.
var Ping = []byte{pingFrame, 0}

// Pong answers a ping; a payload longer than control frames take is cut.
func Pong(payload string) []byte { return control(pongFrame, []byte(payload)) }

// Close ends a connection. The reason is cut to what fits.
func Close(code int, reason string) []byte {
	p := binary.BigEndian.AppendUint16(nil, uint16(code))
	return control(closeFrame, append(p, reason...))
}

// IsClose reports whether a frame ends a connection.
func IsClose(f []byte) bool { return len(f) > 0 && f[0] == closeFrame }

func control(first byte, payload []byte) []byte {
	payload = payload[:min(len(payload), mostControl)]
	return append([]byte{first, byte(len(payload))}, payload...)
}

// Payload returns what a frame of this package carries: for tests and byte counts.
func Payload(f []byte) []byte {
	switch f[1] {
	case 126:
		return f[4:]
	case 127:
		return f[headRoom:]
	default:
		return f[2:]
	}
}
