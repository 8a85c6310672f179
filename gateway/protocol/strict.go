package protocol

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode/utf8"
)

// MaxDepth is how deep arrays and objects of a frame may be nested.
const MaxDepth = 32

// What Decode refuses. ErrUTF8 and ErrJSON say that the frame is broken, ErrField that it is another version's or a typo.
var (
	ErrUTF8  = errors.New("protocol: text that is not UTF-8")
	ErrJSON  = errors.New("protocol: broken JSON")
	ErrField = errors.New("protocol: unknown field")
)

// Decode reads one JSON value into v, a pointer to a struct, and refuses what encoding/json lets pass: repeated keys,
// keys in another case, unknown fields, escaped keys, broken UTF-8 and halves of surrogate pairs (both would be
// replaced in silence), nesting beyond MaxDepth, and anything behind the value.
//
// Fields of type json.RawMessage are checked for all but unknown fields; who decodes them checks those.
//
// Errors: ErrUTF8, ErrJSON, ErrField (named in the text).
func Decode(data []byte, v any) error {
	if !utf8.Valid(data) {
		return ErrUTF8
	}
	s := scanner{data: data}
	if err := s.value(shapeOf(reflect.TypeOf(v)), 0); err != nil {
		return err
	}
	if s.space(); s.pos != len(data) {
		return fmt.Errorf("%w: data behind the value", ErrJSON)
	}
	if err := json.Unmarshal(data, v); err != nil {
		return fmt.Errorf("%w: %w", ErrJSON, err)
	}
	return nil
}

// shape is what a type allows: the exact keys of a struct, the elements of a list; nil = anything.
type shape struct {
	fields map[string]*shape
	elem   *shape
}

var shapes sync.Map // reflect.Type to *shape

func shapeOf(t reflect.Type) *shape {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct && t.Kind() != reflect.Slice {
		return nil
	}
	if s, ok := shapes.Load(t); ok {
		return s.(*shape)
	}
	var s *shape
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
	case t.Kind() == reflect.Slice:
		s = &shape{elem: shapeOf(t.Elem())}
	default:
		s = &shape{fields: map[string]*shape{}}
		fieldsOf(t, s.fields)
	}
	shapes.Store(t, s)
	return s
}

func fieldsOf(t reflect.Type, into map[string]*shape) {
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			fieldsOf(f.Type, into)
		case f.IsExported() && name != "-" && name != "":
			into[name] = shapeOf(f.Type)
		}
	}
}

// scanner walks over JSON once. It checks what Decode promises and leaves numbers and words to encoding/json.
type scanner struct {
	data []byte
	pos  int
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// next skips space and returns the byte there, 0 at the end.
func (s *scanner) next() byte {
	s.space()
	if s.pos == len(s.data) {
		return 0
	}
	return s.data[s.pos]
}

func (s *scanner) broken(what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrJSON, what, s.pos)
}

func (s *scanner) value(t *shape, depth int) error {
	if depth > MaxDepth {
		return s.broken("nested too deep")
	}
	switch s.next() {
	case 0:
		return s.broken("unexpected end")
	case '{':
		return s.object(t, depth)
	case '[':
		return s.array(t, depth)
	case '"':
		_, err := s.text()
		return err
	}
	start := s.pos
	for s.pos < len(s.data) && !strings.ContainsRune(" \t\r\n,]}:\"[{", rune(s.data[s.pos])) {
		s.pos++
	}
	if s.pos == start {
		return s.broken("unexpected character")
	}
	return nil
}

func (s *scanner) object(t *shape, depth int) error {
	s.pos++
	seen := make([]string, 0, 8)
	for first := true; ; first = false {
		switch c := s.next(); {
		case c == '}':
			s.pos++
			return nil
		case !first && c == ',':
			s.pos++
			s.space()
		case !first:
			return s.broken("no comma")
		}
		if s.next() != '"' {
			return s.broken("no key")
		}
		key, err := s.text()
		if err != nil {
			return err
		}
		for _, other := range seen {
			if other == key {
				return s.broken("repeated key")
			}
		}
		seen = append(seen, key)
		inner, err := t.field(key)
		if err != nil {
			return err
		}
		if s.next() != ':' {
			return s.broken("no colon")
		}
		s.pos++
		if err := s.value(inner, depth+1); err != nil {
			return err
		}
	}
}

// field returns the shape of a key. Errors: ErrField.
func (t *shape) field(key string) (*shape, error) {
	if t == nil || t.fields == nil {
		return nil, nil
	}
	inner, ok := t.fields[key]
	if !ok {
		return nil, fmt.Errorf("%w %q", ErrField, key)
	}
	return inner, nil
}

func (s *scanner) array(t *shape, depth int) error {
	s.pos++
	var elem *shape
	if t != nil {
		elem = t.elem
	}
	for first := true; ; first = false {
		switch c := s.next(); {
		case c == ']':
			s.pos++
			return nil
		case !first && c == ',':
			s.pos++
		case !first:
			return s.broken("no comma")
		}
		if err := s.value(elem, depth+1); err != nil {
			return err
		}
	}
}

// text skips a string and returns its raw content. A backslash within a key makes the key unknown, which is meant.
func (s *scanner) text() (string, error) {
	s.pos++
	start := s.pos
	for s.pos < len(s.data) {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return string(s.data[start : s.pos-1]), nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return "", err
			}
		case c < 0x20:
			return "", s.broken("control character in a string")
		default:
			s.pos++
		}
	}
	return "", s.broken("unexpected end")
}

// escape skips one escape sequence, a pair of them for a surrogate pair.
func (s *scanner) escape() error {
	if s.pos+1 < len(s.data) && s.data[s.pos+1] != 'u' {
		s.pos += 2
		return nil
	}
	unit := s.unit()
	switch {
	case unit < 0:
		return s.broken("escape")
	case unit >= 0xdc00 && unit < 0xe000:
		return ErrUTF8
	case unit >= 0xd800 && unit < 0xdc00:
		if low := s.unit(); low < 0xdc00 || low >= 0xe000 {
			return ErrUTF8
		}
	}
	return nil
}

// unit reads \uXXXX, -1 when there is none.
func (s *scanner) unit() int {
	if s.pos+6 > len(s.data) || s.data[s.pos] != '\\' || s.data[s.pos+1] != 'u' {
		return -1
	}
	n := 0
	for _, c := range s.data[s.pos+2 : s.pos+6] {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | int(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | int(c|0x20-'a'+10)
		default:
			return -1
		}
	}
	s.pos += 6
	return n
}
