package config_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"parley/config"
)

func TestBytes(t *testing.T) {
	for _, c := range []struct {
		text string
		want config.Bytes // -1: refused
	}{
		{"0B", 0}, {"100B", 100}, {"64KiB", 64 << 10}, {"64 KiB", 64 << 10}, {" 4MiB ", 4 << 20}, {"1GiB", 1 << 30}, {"2TiB", 2 << 40},
		{"", -1}, {"64", -1}, {"64kb", -1}, {"64KB", -1}, {"-1KiB", -1}, {"1.5GiB", -1}, {"KiB", -1}, {"9999999999TiB", -1},
	} {
		var b config.Bytes
		err := b.UnmarshalText([]byte(c.text))
		if (err != nil) != (c.want < 0) || err == nil && b != c.want {
			t.Errorf("%q: %d %v, want %d", c.text, b, err, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		text string
		want time.Duration // -1: refused
	}{
		{"0s", 0}, {"250ms", 250 * time.Millisecond}, {"30s", 30 * time.Second}, {"1m30s", 90 * time.Second}, {"2h", 2 * time.Hour},
		{"", -1}, {"30", -1}, {"1d", -1}, {"soon", -1},
	} {
		var d config.Duration
		err := d.UnmarshalText([]byte(c.text))
		if (err != nil) != (c.want < 0) || err == nil && time.Duration(d) != c.want {
			t.Errorf("%q: %s %v, want %s", c.text, d, err, c.want)
		}
	}
}

// What is shown reads back as the same value.
func TestUnitsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := config.Bytes(rapid.Int64Min(0).Draw(t, "bytes"))
		var b2 config.Bytes
		if err := b2.UnmarshalText([]byte(b.String())); err != nil || b2 != b {
			t.Errorf("%d is shown as %s, reads as %d %v", int64(b), b, int64(b2), err)
		}
		d := config.Duration(rapid.Int64().Draw(t, "duration"))
		var d2 config.Duration
		if err := d2.UnmarshalText([]byte(d.String())); err != nil || d2 != d {
			t.Errorf("%d is shown as %s, reads as %d %v", int64(d), d, int64(d2), err)
		}
	})
}
