#!/usr/bin/env bash
# Writes the types of the API for the pages, from the OpenAPI document that the command table gives.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x tools/node_modules/.bin/openapi-typescript ] || (cd tools && npm ci --ignore-scripts --no-audit --no-fund)
document=$(mktemp --suffix .json)
trap 'rm -f "$document"' EXIT
go run ./gateway/rest/openapi > "$document"
mkdir -p web/client/gen
tools/node_modules/.bin/openapi-typescript "$document" --output web/client/gen/api.ts
