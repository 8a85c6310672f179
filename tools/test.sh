#!/usr/bin/env bash
# The whole test run. Every part runs, also after a failure; the last line counts them.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

tools/setup.sh || { echo "0 passed, 1 failed: setup"; exit 1; }

passed=0
failed=()
part() { # part NAME COMMAND...
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
    echo "== $name: passed in $((SECONDS - start)) s"
  else
    failed+=("$name")
    echo "== $name: FAILED after $((SECONDS - start)) s"
  fi
}

# Searches through hundreds of thousands of states take minutes under the race detector, which has nothing to find in
# them: they have no goroutines. Their files say //go:build !race, and their packages run a second time without it.
heavy() {
  local packages
  packages=$(grep -rl --include='*_test.go' --exclude-dir=node_modules '^//go:build.*!race' . | xargs -r -n1 dirname | sort -u)
  if [ -z "$packages" ]; then echo "no package has heavy searches"; return 0; fi
  # shellcheck disable=SC2086 # one word per package
  go test -shuffle=on -timeout 15m $packages
}

part "go, race detector" go test -race -shuffle=on -timeout 15m ./...
part "go, heavy searches" heavy
part "web, lint" npm --prefix web run --silent lint
part "web, types" npm --prefix web run --silent typecheck
part "web, unit tests" npm --prefix web run --silent test

note=
if CHROMIUM=$(browser); then
  export CHROMIUM
  part "browser" npm --prefix web run --silent e2e
else
  note="; browser tests left out: no Chromium found (set CHROMIUM to its path)"
  [ -z "${CI:-}" ] || failed+=("browser: none found, and CI is set")
fi

if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}"
fi
echo "parts of the test run: $passed passed, ${#failed[@]} failed$note"
[ ${#failed[@]} -eq 0 ]
