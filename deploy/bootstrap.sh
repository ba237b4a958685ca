#!/usr/bin/env bash
# Readies a checkout: Debian packages, npm packages, the build, the demo media and the command `vitrine`. Does only what is missing.
# Usage: deploy/bootstrap.sh [--test]      --test readies what the tests need, too, and leaves the command alone
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
    has_command sway || tests+=(sway)
    has_command grim || tests+=(grim)
    # Desktops of other kinds, on an X server.
    has_command openbox || tests+=(openbox)
    has_command picom || tests+=(picom)
    has_command cage && has_command Xwayland || tests+=(cage xwayland)
    has_command mutter || tests+=(mutter)
    # With a library that starts a message bus unasked.
    has_command dbus-run-session && has_command dbus-launch || tests+=(dbus-daemon dbus-x11)
    has_command heif-convert || has_command heif-dec || tests+=(libheif-examples)
  fi
  local missing=("${screen[@]}" "${text[@]}" "${clips[@]}" "${tests[@]}")
  if ((${#missing[@]} == 0)) || install_packages "${missing[@]}"; then return; fi
  say "not installed (Debian names): ${missing[*]}"
  say "to install them: sudo apt-get install ${missing[*]}"
  ((${#screen[@]} == 0)) || say 'without SDL 2 shows run off-screen, with the live picture in a browser'
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
  deploy/trim-packages.sh
  printf '%s' "$wanted" >"$stamp"
}

ready_build() {
  local stamp=dist/.sources
  if [[ -e $stamp && "$(<"$stamp")" == "$(deploy/build.sh --hash)" ]]; then return; fi
  say 'building'
  deploy/build.sh >&2 || fail 'the build failed'
}

# The list of all files that were made lies beside them, and whether ffmpeg was there for the clips: what is missing is made.
ready_demo_media() {
  local folder=media/demo with file complete=true
  if has_command ffmpeg; then with='with ffmpeg'; else with='without ffmpeg'; fi
  if [[ -e $folder/.contents ]]; then
    while IFS= read -r file; do
      [[ $file == 'without ffmpeg' && $with == 'with ffmpeg' ]] && complete=false
      [[ $file == with*ffmpeg || -e $folder/$file ]] || complete=false
    done <"$folder/.contents"
    ! $complete || return 0
  fi
  say 'making the demo media (once, some seconds)'
  node dist/runtime/main.js demo-media "$folder" >&2 || fail 'the demo media could not be made'
  (cd "$folder" && find . -type f ! -name '.contents*' | LC_ALL=C sort >.contents.new)
  echo "$with" >>"$folder/.contents.new"
  mv "$folder/.contents.new" "$folder/.contents"
}

# The command `vitrine` for every folder: a link in the user's folder of programs, or in the system's for root. A file that is no such link, and
# a link to another checkout that is still there, are left alone.
ready_command() {
  local folder="${HOME:-/root}/.local/bin" here link
  if [[ "$(id -u)" == 0 ]]; then folder="${PREFIX:-/usr/local}/bin"; fi
  here="$PWD/deploy/vitrine"
  link="$folder/vitrine"
  if [[ -L $link && "$(readlink "$link")" == "$here" ]]; then return; fi
  if [[ -e $link || (-L $link && "$(readlink "$link")" != */deploy/vitrine) ]]; then
    say "$link belongs to something else; the command of this checkout is $here"
    return
  fi
  if ! { mkdir -p "$folder" && ln -sfn "$here" "$link"; } 2>/dev/null; then
    say "$link cannot be written; the command of this checkout is $here"
    return
  fi
  say "the command vitrine is in $folder"
  [[ ":$PATH:" == *":$folder:"* ]] || say "add it to the path of your shell: export PATH=\"$folder:\$PATH\""
}

check_node
ready_system
ready_npm_packages
ready_build
ready_demo_media
$for_tests || ready_command
