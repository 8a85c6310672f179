// Package id names the things of a contact centre: 16-byte identifiers, the
// kinds of entity that carry them, and the shard each lives in.
package id

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ID is a UUIDv7 or a derived identifier (the first 16 bytes of an HMAC), big-endian as it stands in keys and log.
// The zero ID means none.
type ID [16]byte

// ErrBad is returned for text that is no identifier of the kind asked for.
var ErrBad = errors.New("id: not an identifier")

// IsZero reports whether no identifier is given.
func (i ID) IsZero() bool { return i == ID{} }

// Bytes returns the 16 bytes, a copy; none for the zero ID, which is how protobuf leaves a field out.
func (i ID) Bytes() []byte {
	if i.IsZero() {
		return nil
	}
	return append([]byte(nil), i[:]...)
}

// String returns 32 lower-case hex digits without a prefix: for logs and maps, never for clients.
func (i ID) String() string { return hex.EncodeToString(i[:]) }

// Time returns the millisecond in which a UUIDv7 was made. It means nothing for derived identifiers.
func (i ID) Time() time.Time {
	ms := int64(i[0])<<40 | int64(i[1])<<32 | int64(i[2])<<24 | int64(i[3])<<16 | int64(i[4])<<8 | int64(i[5])
	return time.UnixMilli(ms).UTC()
}

// FromBytes reads 16 bytes; anything else, nil included, is the zero ID.
func FromBytes(b []byte) ID {
	var i ID
	if len(b) == len(i) {
		copy(i[:], b)
	}
	return i
}

// V7 builds a UUIDv7 from a millisecond and ten random bytes (their version and variant bits are overwritten).
func V7(now time.Time, random [10]byte) ID {
	ms := now.UnixMilli()
	i := ID{byte(ms >> 40), byte(ms >> 32), byte(ms >> 24), byte(ms >> 16), byte(ms >> 8), byte(ms)}
	copy(i[6:], random[:])
	i[6] = i[6]&0x0f | 0x70
	i[8] = i[8]&0x3f | 0x80
	return i
}

// Format writes an identifier for clients: the kind's prefix and 32 hex digits, such as cnv_0190….
func Format(k Kind, i ID) string {
	if i.IsZero() {
		return ""
	}
	return k.Prefix() + "_" + i.String()
}

// Parse reads what Format wrote. Errors: ErrBad (another kind's prefix included).
func Parse(k Kind, s string) (ID, error) {
	rest, ok := strings.CutPrefix(s, k.Prefix()+"_")
	if !ok || len(rest) != 32 || strings.ToLower(rest) != rest {
		return ID{}, fmt.Errorf("%q as %s: %w", s, k, ErrBad)
	}
	return parseHex(rest)
}

func parseHex(s string) (ID, error) {
	var i ID
	if _, err := hex.Decode(i[:], []byte(s)); err != nil {
		return ID{}, fmt.Errorf("%q: %w", s, ErrBad)
	}
	return i, nil
}
