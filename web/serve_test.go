package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHandler(t *testing.T) {
	files := fstest.MapFS{
		"widget.js":               {Data: []byte("loader")},
		"widget/index.html":       {Data: []byte("widget page")},
		"widget/assets/a-1234.js": {Data: []byte("app")},
		"console/index.html":      {Data: []byte("console page")},
	}
	h := handler(files)
	for _, tc := range []struct {
		name, method, path string
		code               int
		body, kind, cache  string
	}{
		{"loader", "GET", "/widget.js", 200, "loader", "text/javascript; charset=utf-8", "no-cache"},
		{"hashed", "GET", "/widget/assets/a-1234.js", 200, "app", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		{"folder", "GET", "/widget/", 200, "widget page", "text/html; charset=utf-8", "no-cache"},
		{"route of the console", "GET", "/c/4823/why", 200, "console page", "text/html; charset=utf-8", "no-cache"},
		{"root", "GET", "/", 200, "console page", "text/html; charset=utf-8", "no-cache"},
		{"missing file", "GET", "/console/assets/gone-1.js", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
		{"climbing", "GET", "/../../etc/passwd.txt", 404, "404 page not found\n", "text/plain; charset=utf-8", ""},
		{"post", "POST", "/widget.js", 405, "method not allowed\n", "text/plain; charset=utf-8", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := httptest.NewRequest(tc.method, "http://x/", nil)
			r.URL.Path = tc.path
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			got := w.Result().Header
			if w.Code != tc.code || w.Body.String() != tc.body {
				t.Fatalf("%s %s: %d %q, want %d %q", tc.method, tc.path, w.Code, w.Body, tc.code, tc.body)
			}
			if got.Get("Content-Type") != tc.kind || got.Get("Cache-Control") != tc.cache {
				t.Errorf("headers %v", got)
			}
		})
	}
}

func TestFolderRedirectKeepsQueryAndHost(t *testing.T) {
	h := handler(fstest.MapFS{"shop/index.html": {Data: []byte("shop")}})
	for path, want := range map[string]string{
		"/shop?key=1":              "/shop/?key=1",
		"//evil.example/..//shop?": "/shop/",
	} {
		r := httptest.NewRequest("GET", "http://x/", nil)
		r.URL.Path, r.URL.RawQuery, _ = strings.Cut(path, "?")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if loc := w.Header().Get("Location"); w.Code != http.StatusFound || loc != want {
			t.Errorf("%s: %d %q, want %q", path, w.Code, loc, want)
		}
	}
}

func TestRevalidation(t *testing.T) {
	h := handler(fstest.MapFS{"widget.js": {Data: []byte(strings.Repeat("loader ", 100))}})
	get := func(header ...string) *http.Response {
		r := httptest.NewRequest("GET", "/widget.js", nil)
		for i := 0; i < len(header); i += 2 {
			r.Header.Set(header[i], header[i+1])
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	plain, zipped := get(), get("Accept-Encoding", "gzip")
	if plain.Header.Get("ETag") == zipped.Header.Get("ETag") {
		t.Error("plain and gzip share an ETag")
	}
	if zipped.ContentLength >= 0 && zipped.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("not compressed: %v", zipped.Header)
	}
	if again := get("If-None-Match", plain.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("known ETag: %d", again.StatusCode)
	}
}

// The built files are part of the repository; a checkout without them would
// compile and then show nothing.
func TestBuiltPagesAreThere(t *testing.T) {
	for _, path := range []string{"/widget.js", "/widget/", "/console/", "/shop/", "/demo/"} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
		if w.Code != http.StatusOK || w.Body.Len() == 0 {
			t.Errorf("%s: %d with %d bytes", path, w.Code, w.Body.Len())
		}
	}
}
