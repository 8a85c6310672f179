package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Sources are the places a setting may come from, weakest first: default, file, environment, flag.
type Sources struct {
	FileName string            // for messages; empty means there is no file
	File     []byte            // YAML; ignored without a FileName
	Environ  map[string]string // whole environment; only names that are settings are looked at
	Flags    Flags
}

// Loaded is a configuration and where each of its settings came from.
type Loaded struct {
	Config
	Origin map[string]string // key -> "default", "file parley.yaml:3", "env PARLEY_PORT", "flag --port"
}

// ErrFile is wrapped by every error about the text of the file; the message shows the line with a caret below.
var ErrFile = errors.New("config: file")

// Load puts the sources together and validates the result. Errors: ErrFile, Faults, or one that names the
// environment variable.
//
// An unknown key in the file is an error. An unknown PARLEY_ variable is not: Kubernetes puts PARLEY_SERVICE_HOST
// and its like into every pod beside a service of that name.
func Load(s Sources) (Loaded, error) {
	l := Loaded{Config: Default(), Origin: map[string]string{}}
	for _, f := range Fields(&l.Config) {
		l.Origin[f.Key] = "default"
	}
	if err := l.readFile(s.FileName, s.File); err != nil {
		return Loaded{}, err
	}
	if err := l.readEnviron(s.Environ); err != nil {
		return Loaded{}, err
	}
	s.Flags.apply(&l)
	if err := l.Validate(); err != nil {
		var faults Faults
		if errors.As(err, &faults) {
			for i := range faults {
				if origin := l.Origin[faults[i].Key]; origin != "default" {
					faults[i].Origin = origin
				}
			}
		}
		return Loaded{}, err
	}
	return l, nil
}

func (l *Loaded) readFile(name string, text []byte) error {
	if name == "" {
		return nil
	}
	fail := func(err error) error {
		return fmt.Errorf("%w %s: %s", ErrFile, name, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return fail(err)
	}
	if len(file.Docs) > 1 {
		return fmt.Errorf("%w %s: holds %d documents, one is allowed", ErrFile, name, len(file.Docs))
	}
	if len(file.Docs) == 0 || file.Docs[0].Body == nil || file.Docs[0].Body.Type() == ast.CommentType {
		return nil // decoding nothing would set everything to zero
	}
	lines := map[string]int{}
	if err := linesOf(file.Docs[0].Body, "", lines); err != nil {
		return fail(err)
	}
	if err := yaml.UnmarshalWithOptions(text, &l.Config, yaml.Strict()); err != nil {
		return fail(err)
	}
	for key, line := range lines {
		if _, isField := l.Origin[key]; isField {
			l.Origin[key] = fmt.Sprintf("file %s:%d", name, line)
		}
	}
	return nil
}

// linesOf notes the line of every key below node. A key without a value is an error: the decoder would take it for
// zero, of a whole section too.
func linesOf(node ast.Node, prefix string, lines map[string]int) error {
	m, ok := node.(*ast.MappingNode)
	if !ok {
		return nil
	}
	for _, pair := range m.Values {
		token := pair.Key.GetToken()
		if pair.Value.Type() == ast.NullType {
			return &yaml.SyntaxError{Message: fmt.Sprintf("%s has no value", prefix+token.Value), Token: token}
		}
		lines[prefix+token.Value] = token.Position.Line
		if err := linesOf(pair.Value, prefix+token.Value+".", lines); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loaded) readEnviron(environ map[string]string) error {
	for _, f := range Fields(&l.Config) {
		text, given := environ[f.Env]
		if !given {
			continue
		}
		if err := f.set(text); err != nil {
			return fmt.Errorf("config: environment: %s: %w", f.Env, err)
		}
		l.Origin[f.Key] = "env " + f.Env
	}
	return nil
}
