#!/usr/bin/env bash
# gofmt, go vet and staticcheck over our own code. staticcheck is pinned in tools/go.mod.
set -euo pipefail
cd "$(dirname "$0")/.."
unformatted=$(go list -f '{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}
{{end}}{{range .IgnoredGoFiles}}{{$d}}/{{.}}
{{end}}{{range .TestGoFiles}}{{$d}}/{{.}}
{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}
{{end}}' ./... | xargs gofmt -l)
if [ -n "$unformatted" ]; then
  echo "gofmt would change:" >&2
  echo "$unformatted" >&2
  exit 1
fi
go vet ./...
go build -C tools -o ../bin/staticcheck honnef.co/go/tools/cmd/staticcheck
bin/staticcheck ./...
echo "lint: ok"
