package rest

import (
	"html/template"
	"net/http"
	"reflect"
	"strings"

	"parley/gateway/command"
	"parley/gateway/protocol"
)

// page is the reference to read: one page without scripts and without anything from elsewhere, from the same tables.
func (a *API) page(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'")
	err := pageTemplate.Execute(w, map[string]any{"Version": a.Version, "Commands": command.Table, "Codes": protocol.Codes, "Closes": protocol.Closes})
	if err != nil {
		a.Logger.Debug("docs not written", "err", err)
	}
}

// field is one field of a body, for the page.
type field struct{ Name, Type, Doc string }

func fieldsOf(t reflect.Type) (out []field) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			out = append(out, fieldsOf(f.Type)...)
			continue
		}
		kind := typeName(f.Type)
		if words := f.Tag.Get("enum"); words != "" {
			kind = strings.ReplaceAll(words, ",", " | ")
		}
		if strings.Contains(options, "omitempty") {
			kind += ", optional"
		}
		out = append(out, field{name, kind, f.Tag.Get("doc")})
	}
	return out
}

func typeName(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return typeName(t.Elem())
	case reflect.Slice:
		return "list of " + typeName(t.Elem())
	case reflect.Struct:
		return t.Name()
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "text"
	case reflect.Interface:
		return "event"
	default:
		return "number"
	}
}

var pageTemplate = template.Must(template.New("docs").Funcs(template.FuncMap{
	"fields": fieldsOf, "who": command.Who, "socket": func(c *command.Command) bool { return c.Kind == command.Sessions },
}).Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>parley API</title>
<style>
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem}h3{margin:2rem 0 .25rem;font-family:ui-monospace,monospace}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{text-align:left;padding:.25rem .75rem .25rem 0;vertical-align:top;border-bottom:1px solid #8884}
code{font-family:ui-monospace,monospace}p{margin:.25rem 0}
</style></head><body>
<h1>parley API {{.Version}}</h1>
<p>Every command is <code>POST /api/v1/{command}</code> with <code>Authorization: Bearer pst_…</code> or <code>Authorization: Visitor inb_…:secret</code>,
and a frame over the WebSocket at <code>/ws</code>. For programs: <a href="openapi.json">openapi.json</a>.</p>
<h2>Commands</h2>
{{range .Commands}}<h3 id="{{.Name}}">{{.Name}}</h3><p>{{.Does}} {{who .}}.{{if .Keyed}} Needs a key.{{end}}{{if socket .}} WebSocket only.{{end}}</p>
{{with fields .Body}}<table><tr><th>Body</th><th>Type</th><th></th></tr>{{range .}}<tr><td><code>{{.Name}}</code></td><td>{{.Type}}</td><td>{{.Doc}}</td></tr>{{end}}</table>{{end}}
{{with fields .OK}}<table><tr><th>Answer</th><th>Type</th><th></th></tr>{{range .}}<tr><td><code>{{.Name}}</code></td><td>{{.Type}}</td><td>{{.Doc}}</td></tr>{{end}}</table>{{end}}
{{end}}
<h2>Error codes</h2>
<table><tr><th>Code</th><th>HTTP</th><th>Do</th><th>Text</th></tr>{{range .Codes}}<tr><td><code>{{.Code}}</code></td><td>{{.Status}}</td><td>{{.Do}}</td><td>{{.Message}}</td></tr>{{end}}</table>
<h2>Close codes</h2>
<table><tr><th>Code</th><th>Name</th><th>Do</th></tr>{{range .Closes}}<tr><td>{{.Code}}</td><td>{{.Reason}}</td><td>{{.Do}}</td></tr>{{end}}</table>
</body></html>
`))
