#!/usr/bin/env bash
# Rebuilds the generated Go code from the .proto files beside their packages.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x tools/node_modules/.bin/buf ] || (cd tools && npm ci --ignore-scripts --no-audit --no-fund)
tools/node_modules/.bin/buf lint
tools/node_modules/.bin/buf generate
