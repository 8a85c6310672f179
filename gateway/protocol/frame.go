// Package protocol is parley's public protocol: frames, bodies, views, error and close codes. PROTOCOL.md is its contract
// for people; the types here are its contract for programs.
//
// Times are unix milliseconds UTC. Identifiers are strings with their kind's prefix. Customers' numbers are public numbers.
package protocol

import (
	"encoding/hex"
	"encoding/json"
	"errors"

	"parley/engine/id"
)

// Subprotocol is what both sides name in the upgrade.
const Subprotocol = "parley.v1"

// Request is what a client sends. ID 0 asks for no answer, which volatile commands alone may do.
type Request struct {
	ID   uint64          `json:"id,omitempty"`
	Cmd  string          `json:"cmd"`
	Key  string          `json:"key,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Answer ends a request: OK or Error is set.
type Answer struct {
	Re    uint64 `json:"re"`
	OK    any    `json:"ok,omitempty"`
	Error *Error `json:"error,omitempty"`
}

// Push is what has no seq: volatile, or a view of which the newest wins.
type Push struct {
	Ev   string `json:"ev"`
	Conv string `json:"conv,omitempty"`
	Body any    `json:"body"`
}

// Hello is the body of the first frame.
type Hello struct {
	Role   string   `json:"role" enum:"customer,agent"`
	Inbox  string   `json:"inbox,omitempty"`
	Secret string   `json:"secret,omitempty" doc:"43 characters base64url of 32 random bytes made by the browser"`
	Token  string   `json:"token,omitempty" doc:"pst_…, of an agent"`
	Resume []Cursor `json:"resume,omitempty"`
}

// Cursor is where a client is in a conversation: it has everything up to Seq.
type Cursor struct {
	Conv string `json:"conv"`
	Seq  uint64 `json:"seq"`
}

// HelloOK answers hello.
type HelloOK struct {
	Now           int64     `json:"now"`
	Session       string    `json:"session"`
	Self          Self      `json:"self"`
	Limits        Limits    `json:"limits"`
	Inbox         *Inbox    `json:"inbox,omitempty"`
	Conversations []Conv    `json:"conversations,omitempty"`
	Centre        *Centre   `json:"centre,omitempty"`
	Resumed       []Resumed `json:"resumed,omitempty"`
}

// Self is who the session is.
type Self struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Role string `json:"role" enum:"customer,agent,supervisor,administrator"`
}

// Limits are what a client should not exceed.
type Limits struct {
	Text       int   `json:"text" doc:"code points of a message"`
	FileBytes  int64 `json:"file_bytes"`
	Files      int   `json:"files" doc:"of one message"`
	PingMS     int64 `json:"ping_ms"`
	FrameBytes int   `json:"frame_bytes"`
}

// Centre is what an agent's client needs of the configuration.
type Centre struct {
	Name         string   `json:"name"`
	Queues       []Named  `json:"queues"`
	Agents       []Person `json:"agents"`
	BreakReasons []Named  `json:"break_reasons" doc:"id is what presence takes as reason"`
}

// Resumed says from where a conversation goes on: from the client's cursor, or (too old) from its present end.
type Resumed struct {
	Conv   string `json:"conv"`
	Seq    uint64 `json:"seq,omitempty"`
	TooOld bool   `json:"too_old,omitempty"`
}

// ErrKey is returned for a key that is no UUIDv7.
var ErrKey = errors.New("protocol: key is no UUIDv7")

// ParseKey reads a client's key: a UUIDv7 with or without hyphens, lower case. Empty is the zero ID.
func ParseKey(s string) (id.ID, error) {
	var out id.ID
	if s == "" {
		return out, nil
	}
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 {
		return id.ID{}, ErrKey
	}
	if _, err := hex.Decode(out[:], []byte(s)); err != nil || out[6]>>4 != 7 || out[8]>>6 != 2 || hex.EncodeToString(out[:]) != s {
		return id.ID{}, ErrKey
	}
	return out, nil
}

// FormatKey writes a key as clients do, with hyphens; empty for none.
func FormatKey(k id.ID) string {
	if k.IsZero() {
		return ""
	}
	s := k.String()
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
