package session

import (
	"bufio"
	"net"
	"net/http"
	"syscall"
)

// socket stands between the WebSocket library and the connection: the library reads frames and answers control frames,
// and what it writes goes through the session's own queue, never into the middle of another frame.
type socket struct {
	net.Conn
	out *out // nil during the handshake
}

// Write sends one whole control frame.
func (s *socket) Write(p []byte) (int, error) {
	if s.out == nil {
		return s.Conn.Write(p)
	}
	s.out.control(append([]byte(nil), p...))
	return len(p), nil
}

// raw returns the connection's file for writes that do not wait, nil when it has none (TLS, a pipe).
func (s *socket) raw() syscall.RawConn {
	if c, ok := s.Conn.(*net.TCPConn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// hijacker hands the library the socket instead of the connection.
type hijacker struct {
	http.ResponseWriter
	socket *socket
}

// Hijack implements http.Hijacker.
func (h *hijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	h.socket = &socket{Conn: c}
	return h.socket, rw, nil
}
