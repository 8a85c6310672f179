package config_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/config"
)

func TestWrittenFileReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := config.Default()
		c.Data = rapid.StringMatching(`[ -~äß]{1,20}`).Draw(t, "data")
		c.Name = rapid.StringMatching(`([a-zA-Z0-9.-]{1,12})?`).Draw(t, "name")
		c.Port = rapid.IntRange(0, 65535).Draw(t, "port")
		c.OpsPort = 0
		c.Limits.Frame = config.Bytes(rapid.Int64Range(int64(4*config.KiB), int64(config.MiB)).Draw(t, "frame"))
		c.Limits.Hello = config.Duration(rapid.Int64Range(int64(time.Second), int64(time.Minute)).Draw(t, "hello"))
		var b bytes.Buffer
		if err := config.WriteFile(&b, c); err != nil {
			t.Fatal(err)
		}
		l, err := config.Load(config.Sources{FileName: "x.yaml", File: b.Bytes()})
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if l.Config != c {
			t.Fatalf("read %+v\nwrote %+v\n%s", l.Config, c, b.String())
		}
	})
}

func TestEverySettingIsDocumented(t *testing.T) {
	c := config.Default()
	for _, f := range config.Fields(&c) {
		if f.Doc == "" || f.Key == "" || strings.HasSuffix(f.Key, ".") {
			t.Errorf("%+v has no documentation or no key", f)
		}
	}
}

// The reference page is generated: `parley config doc > docs/configuration.md` after its first lines.
func TestReferencePageIsCurrent(t *testing.T) {
	page, err := os.ReadFile("../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := config.WriteDoc(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), b.String()) {
		t.Errorf("docs/configuration.md lacks the present table; it should hold\n%s", b.String())
	}
}

func TestShowWithOrigin(t *testing.T) {
	l, err := config.Load(config.Sources{FileName: "p.yaml", File: []byte("log:\n  level: warn\n")})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := config.WriteShow(&b, l, true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "  level: warn                    # file p.yaml:2\n") {
		t.Error(b.String())
	}
}
