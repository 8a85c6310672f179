package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

// consoleIndex answers every address of the console; its router reads the rest.
const consoleIndex = "console/index.html"

// page is one built file, ready to be served.
type page struct {
	kind      string // Content-Type
	etag      string // strong, quoted, from the content
	immutable bool   // the name carries the content's hash
	plain     []byte
	zip       func() []byte // gzip of plain, made on first use; nil when it would not pay
}

// Handler serves the built pages. A file below an assets folder may be kept for
// good, every other one is asked for again and answered 304 while it has not
// changed: an embedded file has no time of change, so the ETag is its content's
// hash. /widget, /shop and /demo are folders with a page of their own; any other
// address without a file extension is a route of the console and gets its page.
//
// Policies (Content-Security-Policy, Cross-Origin-Resource-Policy) are not set
// here: they depend on the inbox and on the origin, which the gateway knows.
func Handler() http.Handler { return handler(Files()) }

func handler(files fs.FS) http.Handler {
	pages := load(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if p := pages[name]; p != nil {
			p.serve(w, r)
			return
		}
		if p := pages[path.Join(name, "index.html")]; p != nil && name != "" {
			if strings.HasSuffix(r.URL.Path, "/") {
				p.serve(w, r)
				return
			}
			// The page's own links are relative to its folder. The target starts with
			// one slash and a known name, so it can not lead to another host.
			to := "/" + name + "/"
			if r.URL.RawQuery != "" {
				to += "?" + r.URL.RawQuery
			}
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		if p := pages[consoleIndex]; p != nil && path.Ext(name) == "" {
			p.serve(w, r)
			return
		}
		http.NotFound(w, r)
	})
}

// load reads every file once; the whole of dist is a few megabytes.
func load(files fs.FS) map[string]*page {
	pages := make(map[string]*page)
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		pages[name] = newPage(name, body)
		return nil
	})
	if err != nil {
		panic("web: read dist: " + err.Error())
	}
	return pages
}

func newPage(name string, body []byte) *page {
	sum := sha256.Sum256(body)
	p := &page{
		kind:      contentType(name),
		etag:      `"` + hex.EncodeToString(sum[:12]) + `"`,
		immutable: path.Base(path.Dir(name)) == "assets",
		plain:     body,
	}
	if strings.HasPrefix(p.kind, "text/") || strings.Contains(p.kind, "svg") {
		p.zip = sync.OnceValue(func() []byte { return compress(body) })
	}
	return p
}

// contentType does not ask the host's table of types, which differs between
// machines; the few kinds we ship are stated.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func compress(body []byte) []byte {
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is a valid constant
	_, _ = z.Write(body)                                    // a bytes.Buffer does not fail
	_ = z.Close()
	return out.Bytes()
}

func (p *page) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	if p.immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, etag := p.plain, p.etag
	if p.zip != nil {
		h.Add("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body = p.zip()
			// Another representation needs another strong validator.
			etag = strings.TrimSuffix(etag, `"`) + `-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}
