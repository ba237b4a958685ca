#!/usr/bin/env bash
# Readies a checkout: Debian packages, npm packages, the build and the demo media. Does only what is missing.
# Usage: deploy/bootstrap.sh [--test]      --test also readies what the tests need
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh

for_tests=false
case "${1:-}" in
  --test) for_tests=true ;;
  '') ;;
  *) say 'usage: deploy/bootstrap.sh [--test]'; exit 2 ;;
esac

check_node() {
  has_command node || fail 'Node.js is missing; install version 20.9 or later (https://nodejs.org)'
  has_command npm || fail 'npm is missing; install it beside Node.js'
  local version major minor
  version="$(node -p process.versions.node)"
  IFS=. read -r major minor _ <<<"$version"
  if ((major < 20 || (major == 20 && minor < 9))); then
    fail "Node.js $version is too old; install version 20.9 or later (https://nodejs.org)"
  fi
}

# What is asked for is the thing itself, not the package: a library built by hand does as well.
ready_system() {
  local screen=() text=() clips=() tests=()
  has_library libSDL2-2.0.so.0 || screen+=(libsdl2-2.0-0)
  has_font || text+=(fonts-dejavu-core)
  [[ -e /etc/fonts/fonts.conf ]] || text+=(fontconfig-config)
  has_command ffmpeg && has_command ffprobe || clips+=(ffmpeg)
  if $for_tests; then
    has_command Xvfb || tests+=(xvfb)
    has_command weston || tests+=(weston)
    # OpenGL ES on the CPU, and a compiler for drivers that misbehave on purpose.
    has_library libGLESv2.so.2 || tests+=(libgles2 libegl1 libgl1-mesa-dri)
    has_command cc || tests+=(gcc libc6-dev)
  fi
  local missing=("${screen[@]}" "${text[@]}" "${clips[@]}" "${tests[@]}")
  if ((${#missing[@]} == 0)) || install_packages "${missing[@]}"; then return; fi
  say "not installed (Debian names): ${missing[*]}"
  ((${#screen[@]} == 0)) || say 'without SDL 2 there is no screen: shows run off-screen, with the live file in a browser'
  ((${#text[@]} == 0)) || say 'without a font and its configuration no texts are drawn'
  ((${#clips[@]} == 0)) || say 'without ffmpeg no clips are played'
  ! $for_tests || fail 'the tests need these packages; install them and run this again'
}

ready_npm_packages() {
  local stamp=node_modules/.vitrine-lock wanted
  wanted="$(sha256sum <package-lock.json) $(uname -sm)"
  if [[ -e $stamp && "$(<"$stamp")" == "$wanted" ]]; then return; fi
  say 'installing npm packages (npm ci)'
  npm ci --ignore-scripts --loglevel=error >&2 || fail 'npm ci failed; it needs the npm registry or a filled npm cache'
  printf '%s' "$wanted" >"$stamp"
}

ready_build() {
  local stamp=dist/.sources
  if [[ -e $stamp && "$(<"$stamp")" == "$(deploy/build.sh --hash)" ]]; then return; fi
  say 'building'
  deploy/build.sh >&2 || fail 'the build failed'
}

# The list of what was made lies beside it: what was deleted is made again.
ready_demo_media() {
  local folder=media/demo file
  if [[ -e $folder/.contents ]]; then
    while IFS= read -r file; do
      [[ -e $folder/$file ]] || break
    done <"$folder/.contents"
    [[ -e $folder/$file ]] && return
  fi
  say 'making the demo media (once, some seconds)'
  node dist/runtime/main.js demo-media "$folder" >&2 || fail 'the demo media could not be made'
  (cd "$folder" && find . -name '*.jpg' -o -name '*.mp4' | LC_ALL=C sort >.contents)
}

check_node
ready_system
ready_npm_packages
ready_build
ready_demo_media
