package config

import (
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// WriteFile writes a configuration file that says what c says, with the documentation of each setting above it.
// The result reads back as c.
func WriteFile(w io.Writer, c Config) error {
	return write(w, c, func(b *strings.Builder, indent string, f Field) {
		fmt.Fprintf(b, "%s# %s\n", indent, f.Doc)
		if f.Range != "" {
			fmt.Fprintf(b, "%s# %s\n", indent, rangeText(f.Range))
		}
		fmt.Fprintf(b, "%s%s: %s\n", indent, lastKey(f.Key), f.yaml())
	})
}

// WriteShow writes the effective configuration as YAML; with origin, each line ends in a comment that says where
// the value came from.
func WriteShow(w io.Writer, l Loaded, origin bool) error {
	return write(w, l.Config, func(b *strings.Builder, indent string, f Field) {
		line := fmt.Sprintf("%s%s: %s", indent, lastKey(f.Key), f.yaml())
		if origin {
			line = fmt.Sprintf("%-32s # %s", line, l.Origin[f.Key])
		}
		fmt.Fprintln(b, line)
	})
}

// WriteDoc writes the reference table of every setting as Markdown.
func WriteDoc(w io.Writer) error {
	c := Default()
	var b strings.Builder
	b.WriteString("| key | environment | default | allowed | meaning |\n|---|---|---|---|---|\n")
	for _, f := range Fields(&c) {
		text := f.Text()
		if text != "" {
			text = "`" + text + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s | %s |\n", f.Key, f.Env, text, rangeText(f.Range), f.Doc)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// write walks the settings and opens a section where the first half of the key changes.
func write(w io.Writer, c Config, line func(b *strings.Builder, indent string, f Field)) error {
	var b strings.Builder
	section := ""
	for _, f := range Fields(&c) {
		indent := ""
		if head, _, nested := strings.Cut(f.Key, "."); nested {
			if head != section {
				fmt.Fprintf(&b, "%s:\n", head)
				section = head
			}
			indent = "  "
		}
		line(&b, indent, f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func lastKey(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// rangeText says a range in words.
func rangeText(r string) string {
	if low, high, ok := strings.Cut(r, ".."); ok {
		return low + " to " + high
	}
	return strings.ReplaceAll(r, " ", ", ")
}

// plain is text that YAML reads as that text and nothing else; words such as no and null are left to quotes.
var plain = regexp.MustCompile(`^[A-Za-z./][A-Za-z0-9./_-]{4,}$|^(info|warn|auto|json|text|data)$`)

// yaml writes the value as YAML reads it back.
func (f Field) yaml() string {
	if f.Value.Kind() == reflect.String && !plain.MatchString(f.Text()) {
		return strconv.Quote(f.Text())
	}
	return f.Text()
}
