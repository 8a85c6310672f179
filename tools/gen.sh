#!/usr/bin/env bash
# Rebuilds what is generated: Go from the .proto files beside their packages, the types of the API from the command table.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x tools/node_modules/.bin/buf ] || (cd tools && npm ci --ignore-scripts --no-audit --no-fund)
tools/node_modules/.bin/buf lint
tools/node_modules/.bin/buf generate
tools/gen-api.sh
