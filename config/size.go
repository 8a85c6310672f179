package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Bytes is an amount of memory or disk, written 64KiB, 4MiB, 1GiB, or 100B.
type Bytes int64

// The units that can be written. There are no powers of ten: one unit, one meaning.
const (
	B   Bytes = 1
	KiB       = 1024 * B
	MiB       = 1024 * KiB
	GiB       = 1024 * MiB
	TiB       = 1024 * GiB
)

// units from large to small, as String looks for the largest that divides.
var units = []struct {
	name string
	size Bytes
}{{"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB}, {"B", B}}

// String writes the largest unit that needs no fraction.
func (b Bytes) String() string {
	for _, u := range units {
		if b != 0 && b%u.size == 0 {
			return fmt.Sprintf("%d%s", b/u.size, u.name)
		}
	}
	return "0B"
}

// UnmarshalText reads a whole number and a unit, with or without a blank between. Never negative.
func (b *Bytes) UnmarshalText(text []byte) error {
	bad := fmt.Errorf("%q is not a size such as 64KiB, 4MiB or 1GiB", text)
	s := strings.TrimSpace(string(text))
	for _, u := range units {
		digits, found := strings.CutSuffix(s, u.name)
		if !found {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(digits), 10, 64)
		if err != nil || n < 0 || n > math.MaxInt64/int64(u.size) {
			return bad
		}
		*b = Bytes(n) * u.size
		return nil
	}
	return bad
}

// MarshalText writes String.
func (b Bytes) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalYAML reads the value and keeps its place for the message.
func (b *Bytes) UnmarshalYAML(node ast.Node) error { return atNode(node, b.UnmarshalText) }
