package fake

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"

	"parley/actors"
	"parley/engine/id"
)

// Files implements backend.Backend.
func (b *Backend) Files() actors.Files { return files{b} }

type files struct{ b *Backend }

// errTooLarge is returned for a file beyond the limit.
var errTooLarge = errors.New("fake: file too large")

func (f files) Put(c id.ID, r io.Reader, limit int64) (hash [32]byte, size int64, err error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return hash, 0, err
	}
	if int64(len(data)) > limit {
		return hash, 0, errTooLarge
	}
	hash = sha256.Sum256(data)
	f.b.mu.Lock()
	defer f.b.mu.Unlock()
	f.b.files[c.String()+string(hash[:])] = data
	return hash, int64(len(data)), nil
}

func (f files) Open(c id.ID, hash [32]byte) (io.ReadSeekCloser, int64, error) {
	f.b.mu.Lock()
	defer f.b.mu.Unlock()
	data, ok := f.b.files[c.String()+string(hash[:])]
	if !ok {
		return nil, 0, fs.ErrNotExist
	}
	return file{bytes.NewReader(data)}, int64(len(data)), nil
}

type file struct{ *bytes.Reader }

func (file) Close() error { return nil }
