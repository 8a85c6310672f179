package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/errors/oserror"
	"github.com/cockroachdb/pebble/v2/vfs"

	"parley/engine/id"
)

// An upload that no event names within UploadLife may not be named any more; the sweep removes it after SweepAge. The
// time between keeps a batch that is on its way from naming a file that is being removed.
const (
	UploadLife = time.Hour
	SweepAge   = 24 * time.Hour
)

// Errors of attachments.
var (
	ErrFileTooLarge = errors.New("journal: attachment over the limit")
	ErrNoFile       = errors.New("journal: no such attachment")
)

func (h *Host) fileDir(shard uint16, conv id.ID) string {
	return h.fs.PathJoin(h.opts.Dir, filesName, strconv.Itoa(int(shard)), conv.String())
}

// PutFile stores an attachment under the SHA-256 of its content and returns only when content and name are on disk. The
// same content again is a fresh upload of the same file. limit is the largest size in bytes, 0 = none.
//
// Errors: ErrFileTooLarge, ErrDiskFull, ErrStopped, or what r says; nothing is left behind then.
func (h *Host) PutFile(shard uint16, conv id.ID, r io.Reader, limit int64) (hash [32]byte, size int64, err error) {
	done, err := h.read()
	if err != nil {
		return hash, 0, err
	}
	defer done()
	if h.disk.full() {
		return hash, 0, ErrDiskFull
	}
	dir := h.fileDir(shard, conv)
	if err := makeDir(h.fs, dir); err != nil {
		return hash, 0, fmt.Errorf("journal: attachment: %w", err)
	}
	tmp, err := h.tempName(dir)
	if err != nil {
		return hash, 0, err
	}
	hash, size, err = h.receive(tmp, r, limit)
	if err == nil {
		err = h.fs.Rename(tmp, h.fs.PathJoin(dir, hex.EncodeToString(hash[:])))
	}
	if err != nil {
		return [32]byte{}, 0, errors.Join(fmt.Errorf("journal: attachment: %w", err), removeIfThere(h.fs, tmp))
	}
	return hash, size, syncDir(h.fs, dir)
}

func removeIfThere(fs vfs.FS, name string) error {
	if err := fs.Remove(name); err != nil && !oserror.IsNotExist(err) {
		return err
	}
	return nil
}

func (h *Host) tempName(dir string) (string, error) {
	var b [8]byte
	h.rng.Lock()
	defer h.rng.Unlock()
	if _, err := io.ReadFull(h.rng.Reader, b[:]); err != nil {
		return "", fmt.Errorf("journal: random bytes: %w", err)
	}
	return h.fs.PathJoin(dir, hex.EncodeToString(b[:])+".tmp"), nil
}

// receive writes and syncs the content, one byte past the limit at most.
func (h *Host) receive(name string, r io.Reader, limit int64) (hash [32]byte, size int64, err error) {
	f, err := h.fs.Create(name, vfs.WriteCategoryUnspecified)
	if err != nil {
		return hash, 0, err
	}
	if limit > 0 {
		r = io.LimitReader(r, limit+1)
	}
	sum := sha256.New()
	size, err = io.Copy(f, io.TeeReader(r, sum))
	if err == nil && limit > 0 && size > limit {
		err = ErrFileTooLarge
	}
	if err == nil {
		err = f.Sync()
	}
	sum.Sum(hash[:0])
	return hash, size, errors.Join(err, f.Close())
}

// OpenFile opens an attachment for reading. Errors: ErrNoFile, ErrStopped.
func (h *Host) OpenFile(shard uint16, conv id.ID, hash [32]byte) (io.ReadSeekCloser, int64, error) {
	done, err := h.read()
	if err != nil {
		return nil, 0, err
	}
	defer done()
	f, err := h.fs.Open(h.fs.PathJoin(h.fileDir(shard, conv), hex.EncodeToString(hash[:])))
	if oserror.IsNotExist(err) {
		return nil, 0, ErrNoFile
	}
	if err != nil {
		return nil, 0, fmt.Errorf("journal: attachment: %w", err)
	}
	st, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(fmt.Errorf("journal: attachment: %w", err), f.Close())
	}
	return attachment{io.NewSectionReader(f, 0, st.Size()), f}, st.Size(), nil
}

type attachment struct {
	*io.SectionReader
	io.Closer
}

// FileFresh tells whether an upload may still be named by an event: it is here and younger than UploadLife.
func (h *Host) FileFresh(shard uint16, conv id.ID, hash [32]byte) bool {
	done, err := h.read()
	if err != nil {
		return false
	}
	defer done()
	st, err := h.fs.Stat(h.fs.PathJoin(h.fileDir(shard, conv), hex.EncodeToString(hash[:])))
	return err == nil && h.opts.Now().Sub(st.ModTime()) < UploadLife
}

// SweepFiles removes uploads older than SweepAge that no event names, and what broken uploads left behind. It returns how
// many it removed. named is asked for each old file and may read the journal.
func (h *Host) SweepFiles(now time.Time, named func(shard uint16, conv id.ID, hash [32]byte) bool) (int, error) {
	done, err := h.read()
	if err != nil {
		return 0, err
	}
	defer done()
	root := h.fs.PathJoin(h.opts.Dir, filesName)
	var removed int
	err = h.eachDir(root, func(shardDir, name string) error {
		shard, err := strconv.ParseUint(name, 10, 16)
		if err != nil {
			return nil // not ours
		}
		return h.eachDir(shardDir, func(dir, conv string) error {
			raw, err := hex.DecodeString(conv)
			if err != nil {
				return nil
			}
			n, err := h.sweepDir(dir, now, func(hash [32]byte) bool { return named(uint16(shard), id.FromBytes(raw), hash) })
			removed += n
			return err
		})
	})
	return removed, err
}

func (h *Host) eachDir(dir string, fn func(path, name string) error) error {
	names, err := h.fs.List(dir)
	if oserror.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("journal: list %s: %w", dir, err)
	}
	for _, n := range names {
		if err := fn(h.fs.PathJoin(dir, n), n); err != nil {
			return err
		}
	}
	return nil
}

func (h *Host) sweepDir(dir string, now time.Time, named func([32]byte) bool) (removed int, err error) {
	err = h.eachDir(dir, func(path, name string) error {
		st, err := h.fs.Stat(path)
		if err != nil || now.Sub(st.ModTime()) < SweepAge {
			return nil // gone meanwhile, or young
		}
		var hash [32]byte
		if !strings.HasSuffix(name, ".tmp") {
			raw, err := hex.DecodeString(name)
			if err != nil || copy(hash[:], raw) != len(hash) || named(hash) {
				return nil
			}
		}
		if err := removeIfThere(h.fs, path); err != nil {
			return fmt.Errorf("journal: sweep: %w", err)
		}
		removed++
		return nil
	})
	return removed, err
}
