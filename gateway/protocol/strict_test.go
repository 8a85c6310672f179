package protocol_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"parley/gateway/protocol"
)

func TestDecodeRefuses(t *testing.T) {
	for _, test := range []struct {
		name, frame string
		want        error
	}{
		{"nothing", ``, protocol.ErrJSON},
		{"half", `{"conv":"x","text":`, protocol.ErrJSON},
		{"no object", `[1,2]`, protocol.ErrJSON},
		{"two values", `{"conv":"x","text":"a"} {}`, protocol.ErrJSON},
		{"a repeated key", `{"conv":"x","text":"a","text":"b"}`, protocol.ErrJSON},
		{"a repeated key deep inside", `{"conv":"x","files":[{"hash":"a","hash":"b"}]}`, protocol.ErrJSON},
		{"an unknown field", `{"conv":"x","text":"a","note":true}`, protocol.ErrField},
		{"an unknown field deep inside", `{"conv":"x","files":[{"path":"a"}]}`, protocol.ErrField},
		{"another case", `{"conv":"x","Text":"a"}`, protocol.ErrField},
		{"an escaped key", `{"conv":"x","te\u0078t":"a"}`, protocol.ErrField},
		{"broken UTF-8", "{\"conv\":\"x\",\"text\":\"a\xff\"}", protocol.ErrUTF8},
		{"half a surrogate pair", `{"conv":"x","text":"a\ud83d"}`, protocol.ErrUTF8},
		{"the other half", `{"conv":"x","text":"\ude00"}`, protocol.ErrUTF8},
		{"a control character", "{\"conv\":\"x\",\"text\":\"a\x01\"}", protocol.ErrJSON},
		{"a number for text", `{"conv":"x","text":7}`, protocol.ErrJSON},
		{"a comma too many", `{"conv":"x","text":"a",}`, protocol.ErrJSON},
		{"no comma", `{"conv":"x" "text":"a"}`, protocol.ErrJSON},
		{"a dump of brackets", strings.Repeat("[", 60_000), protocol.ErrJSON},
	} {
		t.Run(test.name, func(t *testing.T) {
			var s protocol.Send
			if err := protocol.Decode([]byte(test.frame), &s); !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
		})
	}
}

func TestDecodeTakes(t *testing.T) {
	var r protocol.Request
	deep := strings.Repeat(`{"a":`, 31) + `1` + strings.Repeat(`}`, 31)
	for _, frame := range []string{
		` { "id" : 7 , "cmd" : "send" , "body" : { "conv" : "x" , "text" : "\ud83d\ude00 \"\\\/\b\f\n\r\té" } } `,
		`{"id":1,"cmd":"x","body":` + deep + `}`,
		`{"cmd":"typing","body":{"on":true,"n":-1.5e3,"x":null}}`,
	} {
		if err := protocol.Decode([]byte(frame), &r); err != nil {
			t.Errorf("%s: %v", frame, err)
		}
	}
	if err := protocol.Decode([]byte(`{"id":1,"cmd":"x","body":`+`{"a":`+deep+`}}`), &r); !errors.Is(err, protocol.ErrJSON) {
		t.Errorf("one level more: %v", err)
	}
}

// What Go writes Decode reads back, and no input makes it panic or believe more than encoding/json does.
func TestDecodeAgreesWithTheStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := protocol.Send{Conv: rapid.String().Draw(t, "conv"), Text: rapid.String().Draw(t, "text")}
		if rapid.Bool().Draw(t, "file") {
			in.Files = []protocol.File{{Hash: rapid.String().Draw(t, "hash"), Size: rapid.Int64().Draw(t, "size")}}
		}
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out protocol.Send
		if err := protocol.Decode(b, &out); err != nil || out.Text != in.Text || len(out.Files) != len(in.Files) {
			t.Fatalf("%s: %v, %+v", b, err, out)
		}
		for range 3 {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		var again protocol.Send
		if protocol.Decode(b, &again) == nil && json.Unmarshal(b, new(protocol.Send)) != nil {
			t.Fatalf("%q is no JSON", b)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":1,"cmd":"send","key":"k","body":{"conv":"x","text":"\ud83d\ude00"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r protocol.Request
		if protocol.Decode(b, &r) == nil && !json.Valid(b) {
			t.Fatalf("%q is no JSON", b)
		}
	})
}

func TestKeys(t *testing.T) {
	const s = "01930c5e-7a10-7c3e-8a54-0123456789ab"
	k, err := protocol.ParseKey(s)
	if err != nil || protocol.FormatKey(k) != s {
		t.Fatalf("%v %s", err, protocol.FormatKey(k))
	}
	if other, err := protocol.ParseKey(strings.ReplaceAll(s, "-", "")); err != nil || other != k {
		t.Fatalf("without hyphens: %v", err)
	}
	if none, err := protocol.ParseKey(""); err != nil || !none.IsZero() {
		t.Fatalf("none: %v", err)
	}
	for _, bad := range []string{"x", strings.ToUpper(s), "01930c5e-7a10-4c3e-8a54-0123456789ab", "01930c5e-7a10-7c3e-0a54-0123456789ab", s + "0"} {
		if _, err := protocol.ParseKey(bad); !errors.Is(err, protocol.ErrKey) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
