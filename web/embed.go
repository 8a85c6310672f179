// Package web holds what parley shows in a browser: the chat widget and its
// loader, the console, the demo's pages. They are written in TypeScript, built by
// `npm run build` and committed in dist/, so that a Go toolchain alone makes a
// complete parley. See DESIGN.md.
package web

import (
	"embed"
	"io/fs"
)

// The all: prefix keeps files that start with an underscore or a dot; bundlers
// make such names.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built pages, rooted at dist: widget.js, widget/index.html,
// console/index.html and so on. Names below an assets folder carry a hash of
// their content.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("web: dist is not embedded: " + err.Error())
	}
	return sub
}
