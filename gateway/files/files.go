// Package files takes attachments in and gives them out: what they are is found out here, never believed.
package files

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // sizes of images
	_ "image/jpeg" // sizes of images
	_ "image/png"  // sizes of images
	"io"
	"mime"
	"path"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"

	"parley/engine/id"
	"parley/engine/msg/conv"
	"parley/gateway/backend"
	"parley/gateway/protocol"
)

// Bounds of a file beside its size, which is settable.
const (
	nameMost   = 255        // code points
	pixelsMost = 40_000_000 // of an image, from its header
	headLen    = 3072       // bytes that tell a type
)

// inline are the types a browser may show in place; everything else is only ever saved.
var inline = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true}

// Store is safe for use from any goroutine.
type Store struct {
	Backend backend.Backend
	Bytes   int64 // largest file
	Most    int   // files of one message
}

// errEmpty and errPixels are why a file is refused.
var (
	errEmpty  = errors.New("files: empty")
	errPixels = errors.New("files: image too large")
)

// Put keeps a file of a conversation and says what it is.
// Errors: too_large, file_refused, and what the backend says.
func (s *Store) Put(c id.ID, name string, r io.Reader) (protocol.File, *protocol.Error) {
	counted := &counter{r: r}
	hash, size, err := s.Backend.Files().Put(c, counted, s.Bytes)
	switch {
	case counted.n > s.Bytes:
		return protocol.File{}, protocol.NewError(protocol.TooLarge).With("limit", s.Bytes)
	case err != nil:
		return protocol.File{}, fault(err)
	}
	is, err := s.look(c, hash)
	if err == nil && size == 0 {
		err = errEmpty
	}
	if err != nil {
		return protocol.File{}, fault(err)
	}
	return protocol.File{
		Hash: hex.EncodeToString(hash[:]), Name: cleanName(name, is.kind), Size: size, Type: is.kind.String(), Width: is.width, Height: is.height,
	}, nil
}

// counter counts what the backend reads: one byte beyond the limit says that the file is too large, whatever the
// backend's own error is.
type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func fault(err error) *protocol.Error {
	if errors.Is(err, errEmpty) || errors.Is(err, errPixels) {
		return protocol.NewError(protocol.FileRefused)
	}
	return protocol.NewError(protocol.Internal)
}

// looked is what a file was found to be.
type looked struct {
	kind          *mimetype.MIME
	size          int64
	width, height int32
}

// look finds out what a stored file is, from its first bytes and an image's header.
func (s *Store) look(c id.ID, hash [32]byte) (looked, error) {
	f, size, err := s.Backend.Files().Open(c, hash)
	if err != nil {
		return looked{}, fmt.Errorf("files: open: %w", err)
	}
	defer f.Close()
	head := make([]byte, headLen)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return looked{}, fmt.Errorf("files: read: %w", err)
	}
	is := looked{kind: mimetype.Detect(head[:n]), size: size}
	if !strings.HasPrefix(is.kind.String(), "image/") {
		return is, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return looked{}, fmt.Errorf("files: seek: %w", err)
	}
	if conf, _, err := image.DecodeConfig(f); err == nil { // a format without a known header has no size, which is no fault
		if int64(conf.Width)*int64(conf.Height) > pixelsMost {
			return looked{}, errPixels
		}
		is.width, is.height = int32(conf.Width), int32(conf.Height)
	}
	return is, nil
}

// Named checks the files a message names. What the client says about them is not believed but for the name.
// It implements command.Env.Files. Errors: too_many_attachments, invalid, file_gone.
func (s *Store) Named(_ context.Context, c id.ID, named []protocol.File) ([]*conv.Attachment, *protocol.Error) {
	if len(named) > s.Most {
		return nil, protocol.NewError("too_many_attachments")
	}
	out := make([]*conv.Attachment, 0, len(named))
	for _, n := range named {
		hash, ok := ParseHash(n.Hash)
		if !ok {
			return nil, protocol.NewError(protocol.Invalid).With("field", "hash")
		}
		is, err := s.look(c, hash)
		if err != nil {
			return nil, protocol.NewError(protocol.FileGone).With("name", n.Name)
		}
		out = append(out, &conv.Attachment{
			Hash: hash[:], Size: is.size, Name: cleanName(n.Name, is.kind), Type: is.kind.String(), Width: is.width, Height: is.height,
		})
	}
	return out, nil
}

// Carry copies files of one conversation into another; those that are there already stay. It implements
// command.Env.Carry. Errors: unknown (a repeat may do what is missing).
func (s *Store) Carry(from, to id.ID, named []*conv.Attachment) *protocol.Error {
	for _, n := range named {
		if err := s.copy(from, to, [32]byte(n.Hash)); err != nil {
			return protocol.NewError(protocol.Unknown).After(carryAgain)
		}
	}
	return nil
}

// carryAgain is when a client repeats a message whose files did not come along.
const carryAgain = time.Second

func (s *Store) copy(from, to id.ID, hash [32]byte) error {
	f, size, err := s.Backend.Files().Open(from, hash)
	if err != nil {
		return fmt.Errorf("files: open: %w", err)
	}
	defer f.Close()
	if _, _, err := s.Backend.Files().Put(to, f, size); err != nil {
		return fmt.Errorf("files: copy: %w", err)
	}
	return nil
}

// ParseHash reads 64 lower-case hex digits.
func ParseHash(s string) (hash [32]byte, ok bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(hash) || strings.ToLower(s) != s {
		return hash, false
	}
	return [32]byte(b), true
}

// cleanName keeps of a name what is a name: no folders, no control or invisible characters, at most nameMost.
func cleanName(name string, kind *mimetype.MIME) string {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if r := []rune(name); len(r) > nameMost {
		name = string(r[:nameMost])
	}
	if strings.Trim(name, "./") == "" {
		return "file" + kind.Extension()
	}
	return name
}

// Disposition says how a browser treats a type: shown in place, or saved.
func Disposition(kind *mimetype.MIME, hash string) string {
	how := "attachment"
	if inline[kind.String()] {
		how = "inline"
	}
	return mime.FormatMediaType(how, map[string]string{"filename": hash[:12] + kind.Extension()})
}

// Open opens a file for reading and says its type. Errors: not_found.
func (s *Store) Open(c id.ID, hash [32]byte) (io.ReadSeekCloser, *mimetype.MIME, *protocol.Error) {
	is, err := s.look(c, hash)
	if err != nil {
		return nil, nil, protocol.NewError(protocol.NotFound)
	}
	f, _, err := s.Backend.Files().Open(c, hash)
	if err != nil {
		return nil, nil, protocol.NewError(protocol.NotFound)
	}
	return f, is.kind, nil
}
