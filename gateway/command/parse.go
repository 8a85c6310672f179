package command

import (
	"strings"
	"unicode/utf8"

	"parley/engine/id"
	"parley/gateway/protocol"
)

// reader reads the fields of a body and keeps the first fault.
type reader struct{ err *protocol.Error }

func (r *reader) fail(field string) {
	if r.err == nil {
		r.err = invalid(field)
	}
}

func (r *reader) id(k id.Kind, field, s string) id.ID {
	i, err := id.Parse(k, s)
	if err != nil || i.IsZero() {
		r.fail(field)
	}
	return i
}

func (r *reader) idBytes(k id.Kind, field, s string) []byte {
	i := r.id(k, field, s)
	return i.Bytes()
}

func (r *reader) conv(s string) id.Ref {
	return id.Ref{Kind: id.Conversation, ID: r.id(id.Conversation, "conv", s)}
}

func (r *reader) offer(s string) []byte {
	i, err := protocol.ParseOffer(s)
	if err != nil || i.IsZero() {
		r.fail("offer")
	}
	return i.Bytes()
}

// most refuses text of more than limit code points.
func (r *reader) most(field, s string, limit int) string {
	if utf8.RuneCountInString(s) > limit {
		r.fail(field)
	}
	return s
}

// text is a message: not only white space unless there are files, at most limit code points. It stays as typed.
func (r *reader) text(s string, files, limit int) string {
	switch {
	case r.err != nil:
	case utf8.RuneCountInString(s) > limit:
		r.err = protocol.NewError(protocol.TextTooLong).With("limit", limit)
	case files == 0 && strings.TrimSpace(s) == "":
		r.err = protocol.NewError(protocol.TextEmpty)
	}
	return s
}

// word reads an enum's word.
func word[V any](r *reader, field, s string, table map[string]V) V {
	v, ok := table[s]
	if !ok {
		r.fail(field)
	}
	return v
}
