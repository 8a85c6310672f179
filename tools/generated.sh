#!/usr/bin/env bash
# Rebuilds everything that is generated and fails when the result differs from what is committed.
set -euo pipefail
cd "$(dirname "$0")/.."
generated=('*.pb.go' 'web/dist' 'web/**/gen/**' 'gateway/protocol/PROTOCOL.md' 'docs/configuration.md')
tools/gen.sh
tools/ui.sh
changes=$(git status --porcelain --untracked-files=all -- "${generated[@]}")
if [ -n "$changes" ]; then
  echo "generated files differ from what is committed; make gen and make ui, then commit:" >&2
  echo "$changes" >&2
  git --no-pager diff --stat -- "${generated[@]}" >&2
  exit 1
fi
echo "generated files: as committed"
