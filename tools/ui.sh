#!/usr/bin/env bash
# Rebuilds web/dist, which is committed, so that the Go build needs no Node.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh
npm_packages web
npm --prefix web run --silent build
