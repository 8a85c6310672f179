package config

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Field is one setting as the file, the environment and the reference page know it.
type Field struct {
	Key   string // as in the file: limits.ping
	Env   string // PARLEY_LIMITS_PING
	Doc   string // one line
	Range string // "1s..5m", "debug info warn error", or empty: anything
	Value reflect.Value
}

// Text is the value as it would be written in the file.
func (f Field) Text() string { return fmt.Sprint(f.Value.Interface()) }

// Fields lists every setting of c in the order of the struct. The values can be set: c is the one handed in.
func Fields(c *Config) []Field { return walk(reflect.ValueOf(c).Elem(), "") }

func walk(v reflect.Value, prefix string) []Field {
	var out []Field
	for i := range v.NumField() {
		tag, value := v.Type().Field(i).Tag, v.Field(i)
		key := prefix + tag.Get("yaml")
		if value.Kind() == reflect.Struct {
			out = append(out, walk(value, key+".")...)
			continue
		}
		allowed := tag.Get("range")
		if allowed == "" {
			allowed = tag.Get("oneof")
		}
		env := "PARLEY_" + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
		out = append(out, Field{Key: key, Env: env, Doc: tag.Get("doc"), Range: allowed, Value: value})
	}
	return out
}

// fault says what is wrong with the value by the field's own range, or nothing.
func (f Field) fault() string {
	low, high, isRange := strings.Cut(f.Range, "..")
	switch {
	case f.Range == "":
		return ""
	case isRange:
		n := f.Value.Int()
		if n < f.parse(low) || n > f.parse(high) {
			return fmt.Sprintf("%s is not between %s and %s", f.Text(), low, high)
		}
		return ""
	}
	words := strings.Fields(f.Range)
	for _, w := range words {
		if f.Text() == w {
			return ""
		}
	}
	return fmt.Sprintf("%q is none of %s", f.Text(), strings.Join(words, ", "))
}

// set reads the text into the setting; on error nothing changes.
func (f Field) set(text string) error {
	if u, ok := f.Value.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return u.UnmarshalText([]byte(text))
	}
	if f.Value.Kind() == reflect.String {
		f.Value.SetString(text)
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	f.Value.SetInt(int64(n))
	return nil
}

// parse reads a bound in the field's own type. A bound that does not read is a mistake in this package.
func (f Field) parse(bound string) int64 {
	v := Field{Value: reflect.New(f.Value.Type()).Elem()}
	if err := v.set(bound); err != nil {
		panic(fmt.Sprintf("config: range of %s: %v", f.Key, err))
	}
	return v.Value.Int()
}
