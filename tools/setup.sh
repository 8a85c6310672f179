#!/usr/bin/env bash
# Sees to it that what the tests need is there: a C compiler for the race detector, Node 20.19 or newer, a Chromium,
# the npm packages of the lock files. As root on Debian it installs what is missing; elsewhere it says the line that does.
# Ends with 1 when something is missing that cannot be done without; a browser can.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

# Debian names of what is missing.
missing=()
command -v gcc >/dev/null || missing+=(gcc)
[ -e /usr/include/stdlib.h ] || [ ! -e /etc/debian_version ] || missing+=(libc6-dev)
command -v make >/dev/null || missing+=(make)
command -v git >/dev/null || missing+=(git)
if ! browser >/dev/null; then missing+=(chromium); fi
if [ -e /etc/debian_version ]; then
  for font in fonts-noto-core fonts-noto-color-emoji; do # without them emoji and many scripts are boxes
    dpkg-query -W -f '${Status}' "$font" 2>/dev/null | grep -q 'ok installed' || missing+=("$font")
  done
fi

if [ ${#missing[@]} -gt 0 ]; then
  if [ -e /etc/debian_version ] && [ "$(id -u)" = 0 ]; then
    echo "setup: installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null || echo "setup: apt-get update failed, trying with the lists that are here"
    apt-get install -q -y --no-install-recommends "${missing[@]}" >/dev/null
  elif [ -e /etc/debian_version ]; then
    echo "setup: missing; this installs it:  sudo apt-get install -y ${missing[*]}"
  else
    echo "setup: missing (Debian's names): ${missing[*]}; install them, or set CHROMIUM to the browser's path"
  fi
fi

die() { echo "setup: $*" >&2; exit 1; }
command -v gcc >/dev/null || command -v clang >/dev/null || die "no C compiler, which go test -race needs"
command -v node >/dev/null || die "no Node; README.md says where Node 20 comes from"
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  die "Node $(node --version) is too old, 20.19 is needed; README.md says where it comes from"
npm_packages tools
npm_packages web
