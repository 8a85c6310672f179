# Functions that several scripts share; to be sourced from the top of the repository.

# browser prints the path of a Chromium, or ends with 1.
browser() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name"; then return 0; fi
  done
  return 1
}

# npm_packages FOLDER installs what the folder's lock says, unless that very lock is installed already.
npm_packages() {
  local want
  want=$(sha256sum <"$1/package-lock.json")
  [ "$(cat "$1/node_modules/.lock-sum" 2>/dev/null)" = "$want" ] && return 0
  echo "setup: npm packages of $1/"
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error)
  echo "$want" >"$1/node_modules/.lock-sum"
}
