package journal_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/cluster/journal"
	"parley/cluster/journal/journaltest"
)

func write(t *testing.T, fs vfs.FS, name, text string) {
	t.Helper()
	if err := fs.MkdirAll(fs.PathDir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// edit changes the database behind the journal's back.
func edit(t *testing.T, fs vfs.FS, change func(db *pebble.DB) error) {
	t.Helper()
	db, err := pebble.Open(journaltest.Dir+"/db", &pebble.Options{FS: fs, Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(change(db), db.Close()); err != nil {
		t.Fatal(err)
	}
}

type quiet struct{}

func (quiet) Infof(string, ...any)         {}
func (quiet) Errorf(string, ...any)        {}
func (quiet) Fatalf(text string, _ ...any) { panic(text) }

func TestFoldersThatAreRefused(t *testing.T) {
	used := func(t *testing.T, fs vfs.FS) {
		h := journaltest.OpenOn(t, fs, nil)
		journaltest.Commit(t, h, event(h, conv(1), 0))
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	}
	raw := func(key string, value []byte) func(*testing.T, vfs.FS) {
		return func(t *testing.T, fs vfs.FS) {
			used(t, fs)
			edit(t, fs, func(db *pebble.DB) error { return db.Set([]byte(key), value, pebble.Sync) })
		}
	}
	tests := []struct {
		name    string
		prepare func(*testing.T, vfs.FS)
		want    error
		remedy  string
	}{
		{"in use", func(t *testing.T, fs vfs.FS) { journaltest.OpenOn(t, fs, nil) }, journal.ErrLocked, "Stop the other parley"},
		{"somebody's files", func(t *testing.T, fs vfs.FS) { write(t, fs, "/parley/holiday.jpg", "x") }, journal.ErrForeign, "Give an empty folder"},
		{"a file", func(t *testing.T, fs vfs.FS) { write(t, fs, "/parley", "x") }, journal.ErrForeign, "Give a folder"},
		{"another marker", func(t *testing.T, fs vfs.FS) { write(t, fs, "/parley/PARLEY", "hello\n\n\n") }, journal.ErrForeign, "Give an empty folder"},
		{"marker of a newer format", func(t *testing.T, fs vfs.FS) {
			write(t, fs, "/parley/PARLEY", "parley data folder\nformat 2\nstate ready\n")
		}, journal.ErrNewer, "Run the newer parley"},
		{"database of a newer format", raw("Nformat", []byte{1, 0, 0, 0, 0, 0, 0, 0, 2}), journal.ErrNewer, "Run the newer parley"},
		{"database wiped", func(t *testing.T, fs vfs.FS) {
			used(t, fs)
			if err := fs.RemoveAll("/parley/db"); err != nil {
				t.Fatal(err)
			}
		}, journal.ErrCorrupt, "Restore"},
		{"log entry damaged", raw("L\x00\x07\x00\x00\x00\x00\x00\x00\x00\x0d", []byte("\x01\x00\x00\x00\x00\x00\x00\x00\x05\x00abcdjunk")), journal.ErrCorrupt, "Restore"},
		{"log entry of an unknown format", raw("L\x00\x07\x00\x00\x00\x00\x00\x00\x00\x0d", []byte{9}), journal.ErrCorrupt, "Restore"},
		{"hole in the log", raw("L\x00\x07\x00\x00\x00\x00\x00\x00\x00\x0e", []byte{9}), journal.ErrCorrupt, "Restore"},
		{"hard state damaged", raw("H\x00\x07", []byte{1}), journal.ErrCorrupt, "Restore"},
		{"applied index damaged", raw("S\x00\x07\x00", []byte{1}), journal.ErrCorrupt, "Restore"},
		{"manifest missing", func(t *testing.T, fs vfs.FS) {
			used(t, fs)
			names, _ := fs.List("/parley/db")
			for _, n := range names {
				if strings.HasPrefix(n, "MANIFEST") {
					if err := fs.Remove("/parley/db/" + n); err != nil {
						t.Fatal(err)
					}
				}
			}
		}, journal.ErrCorrupt, "Restore"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs := vfs.NewMem()
			tt.prepare(t, fs)
			h, err := journal.Open(journaltest.Options(fs))
			if err == nil {
				h.Close()
			}
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.remedy) {
				t.Errorf("got %v, want %v with %q", err, tt.want, tt.remedy)
			}
		})
	}
}

// A start that was cut at any point of making the folder is repeated by the next one.
func TestCreationMayBeCutAnywhere(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*testing.T, vfs.FS)
	}{
		{"empty folder", func(t *testing.T, fs vfs.FS) { fs.MkdirAll("/parley", 0o755) }},
		{"marker not renamed", func(t *testing.T, fs vfs.FS) { write(t, fs, "/parley/PARLEY.tmp", "par") }},
		{"no database yet", func(t *testing.T, fs vfs.FS) {
			write(t, fs, "/parley/PARLEY", "parley data folder\nformat 1\nstate creating\n")
		}},
		{"first batch written, marker not", func(t *testing.T, fs vfs.FS) {
			journaltest.OpenOn(t, fs, nil).Close()
			write(t, fs, "/parley/PARLEY", "parley data folder\nformat 1\nstate creating\n")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fs := vfs.NewMem()
			tt.prepare(t, fs)
			h := journaltest.OpenOn(t, fs, nil)
			if r := journaltest.Commit(t, h, event(h, conv(1), 0)); r.Outcome != journal.Applied {
				t.Errorf("first batch: %+v", r)
			}
			h.Close()
			journaltest.OpenOn(t, fs, nil)
		})
	}
}
