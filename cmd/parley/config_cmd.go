package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"parley/config"
)

// configCmd is `parley config`.
type configCmd struct {
	Init  configInitCmd  `cmd:"" help:"Write a file with every setting, its default and what it means."`
	Check configCheckCmd `cmd:"" help:"Check a file: unknown keys, values that do not read, values out of range."`
	Show  configShowCmd  `cmd:"" help:"Print the configuration a node would run with."`
	Doc   configDocCmd   `cmd:"" help:"Print the reference table of all settings."`
}

type configInitCmd struct {
	File string `arg:"" default:"parley.yaml" help:"File to make; never overwritten. - prints it."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

func (c *configInitCmd) Run(s streams) error {
	if c.File == "-" {
		return config.WriteFile(s.Out, config.Default())
	}
	if err := createFile(c.File, func(w io.Writer) error { return config.WriteFile(w, config.Default()) }); err != nil {
		return fmt.Errorf("config init: %w", err)
	}
	if c.JSON {
		return writeJSON(s.Out, map[string]string{"file": c.File})
	}
	_, err := fmt.Fprintln(s.Out, "written:", c.File)
	return err
}

type configCheckCmd struct {
	File string `arg:"" help:"File to check."`
	JSON bool   `name:"json" help:"Print one JSON object."`
}

func (c *configCheckCmd) Run(s streams) error {
	_, err := loadConfig(c.File, config.Flags{})
	if c.JSON {
		return checkJSON(s, c.File, err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.Out, "ok:", c.File)
	return err
}

// checkJSON prints {ok, file, error, faults}; a file that is not fine ends with code 1.
func checkJSON(s streams, file string, err error) error {
	answer := struct {
		OK     bool          `json:"ok"`
		File   string        `json:"file"`
		Error  string        `json:"error,omitempty"`
		Faults config.Faults `json:"faults,omitempty"`
	}{OK: err == nil, File: file}
	if err != nil && !errors.As(err, &answer.Faults) {
		answer.Error = err.Error()
	}
	if e := writeJSON(s.Out, answer); e != nil {
		return e
	}
	if err != nil {
		return errSilent
	}
	return nil
}

type configShowCmd struct {
	config.Flags
	Config string `help:"Configuration file." placeholder:"FILE" env:"PARLEY_CONFIG"`
	Origin bool   `help:"Say beside each value where it came from."`
	JSON   bool   `name:"json" help:"Print one JSON object."`
}

func (c *configShowCmd) Run(s streams) error {
	l, err := loadConfig(c.Config, c.Flags)
	if err != nil {
		return err
	}
	if !c.JSON {
		return config.WriteShow(s.Out, l, c.Origin)
	}
	type setting struct {
		Value  string `json:"value"`
		Origin string `json:"origin,omitempty"`
	}
	all := map[string]setting{}
	for _, f := range config.Fields(&l.Config) {
		one := setting{Value: f.Text()}
		if c.Origin {
			one.Origin = l.Origin[f.Key]
		}
		all[f.Key] = one
	}
	return writeJSON(s.Out, all)
}

type configDocCmd struct {
	JSON bool `name:"json" help:"Print one JSON object."`
}

func (c *configDocCmd) Run(s streams) error {
	if !c.JSON {
		return config.WriteDoc(s.Out)
	}
	type entry struct {
		Key     string   `json:"key"`
		Env     string   `json:"env"`
		Default string   `json:"default"`
		Allowed []string `json:"allowed,omitempty"` // two bounds or the words
		Doc     string   `json:"doc"`
	}
	cfg := config.Default()
	var all []entry
	for _, f := range config.Fields(&cfg) {
		allowed := strings.Fields(strings.ReplaceAll(f.Range, "..", " "))
		all = append(all, entry{f.Key, f.Env, f.Text(), allowed, f.Doc})
	}
	return writeJSON(s.Out, map[string]any{"settings": all})
}
