package config

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Duration is a length of time, written 250ms, 30s, 5m or 2h. A type of its own, because the YAML decoder reports a
// bad time.Duration without its line.
type Duration time.Duration

// String writes the shortest form that reads back as the same length: 5m, not 5m0s.
func (d Duration) String() string {
	t := time.Duration(d)
	switch {
	case t == 0:
		return "0s"
	case t%time.Hour == 0:
		return fmt.Sprintf("%dh", t/time.Hour)
	case t%time.Minute == 0:
		return fmt.Sprintf("%dm", t/time.Minute)
	}
	return t.String()
}

// UnmarshalText reads what String writes. A bare number has no unit and is refused.
func (d *Duration) UnmarshalText(text []byte) error {
	t, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("%q is not a length of time such as 30s or 5m", text)
	}
	*d = Duration(t)
	return nil
}

// MarshalText writes String.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalYAML reads the value and keeps its place for the message.
func (d *Duration) UnmarshalYAML(node ast.Node) error { return atNode(node, d.UnmarshalText) }

// atNode hands the node's text to read, and gives the error the node's line.
func atNode(node ast.Node, read func([]byte) error) error {
	token := node.GetToken()
	if err := read([]byte(token.Value)); err != nil {
		return &yaml.SyntaxError{Message: err.Error(), Token: token}
	}
	return nil
}
