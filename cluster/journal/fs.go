package journal

import (
	"fmt"
	"log/slog"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// freshFS never writes into an old file: a recycled write-ahead log keeps the bytes of erased messages behind its new end.
type freshFS struct{ vfs.FS }

// ReuseForWrite makes a new file and removes the old one.
func (f freshFS) ReuseForWrite(oldname, newname string, c vfs.DiskWriteCategory) (vfs.File, error) {
	file, err := f.FS.Create(newname, c)
	if err != nil {
		return nil, err
	}
	if err := f.FS.Remove(oldname); err != nil {
		return nil, fmt.Errorf("remove %s: %w", oldname, err)
	}
	return file, nil
}

// Unwrap gives Pebble the file system below.
func (f freshFS) Unwrap() vfs.FS { return f.FS }

// syncDir makes the names in a folder durable.
func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, err)
	}
	if err := d.Sync(); err != nil {
		d.Close()
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return d.Close()
}

// makeDir creates dir and what is missing above it, and syncs each parent that got a new name: Pebble syncs only folders
// it makes itself, and a power loss would take the whole database with its folder.
func makeDir(fs vfs.FS, dir string) error {
	var fresh []string
	for d := dir; ; d = fs.PathDir(d) {
		if _, err := fs.Stat(d); err == nil || fs.PathDir(d) == d {
			break
		}
		fresh = append(fresh, d)
	}
	if len(fresh) == 0 {
		return nil
	}
	if err := fs.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("make folder %s: %w", dir, err)
	}
	for _, d := range fresh {
		if err := syncDir(fs, fs.PathDir(d)); err != nil {
			return err
		}
	}
	return nil
}

// writeFile puts a small file in place whole or not at all.
func writeFile(fs vfs.FS, dir, name, text string) error {
	tmp := fs.PathJoin(dir, name+".tmp")
	f, err := fs.Create(tmp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("create %s: %w", tmp, err)
	}
	if _, err = f.Write([]byte(text)); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = fs.Rename(tmp, fs.PathJoin(dir, name))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", tmp, err)
	}
	return syncDir(fs, dir)
}

// pebbleLog hands Pebble's messages to slog: its chatter as debug lines, what it cannot survive to Options.Fatal.
type pebbleLog struct {
	log   *slog.Logger
	fatal func(error)
}

func (l pebbleLog) Infof(text string, args ...any) {
	l.log.Debug("pebble", "text", fmt.Sprintf(text, args...))
}

func (l pebbleLog) Errorf(text string, args ...any) {
	l.log.Error("pebble", "text", fmt.Sprintf(text, args...))
}

func (l pebbleLog) Fatalf(text string, args ...any) {
	l.fatal(fmt.Errorf("journal: storage failed, the process must end: %s", fmt.Sprintf(text, args...)))
}
