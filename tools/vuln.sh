#!/usr/bin/env bash
# govulncheck (pinned in tools/go.mod) against a copy of the Go vulnerability database beside the checkout, where there
# is one; the public database would need the network.
set -euo pipefail
cd "$(dirname "$0")/.."
database=../shared/vulndb
if [ ! -d "$database" ]; then
  echo "govulncheck: left out, no vulnerability database beside the checkout"
  exit 0
fi
go build -C tools -o ../bin/govulncheck golang.org/x/vuln/cmd/govulncheck
bin/govulncheck -db "file://$(realpath "$database")" ./...
