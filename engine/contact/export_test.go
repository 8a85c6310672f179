package contact

import (
	"fmt"
	"reflect"
	"slices"

	"google.golang.org/protobuf/proto"

	"parley/engine/msg/ctc"
)

// Differ says how two cards differ, "" when they do not.
func Differ(a, b *State) string {
	x, y := *a, *b
	same := slices.EqualFunc(x.lines, y.lines, func(l, m *ctc.Line) bool { return proto.Equal(l, m) })
	x.lines, y.lines, x.dirty, y.dirty = nil, nil, nil, nil
	if !same || !reflect.DeepEqual(x, y) {
		return fmt.Sprintf("%v\nand\n%v", a.View(), b.View())
	}
	return ""
}

// MaxLines is the bound of a card.
const MaxLines = maxLines
