# Debian packages: what is missing, and installing it. Sourced by the scripts of this folder.
# shellcheck shell=bash

say() { printf 'vitrine: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# A shared library the loader can find, by its soname.
has_library() {
  [[ "$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null)" == *"$1"* ]]
}

has_font() {
  [[ -n "$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/root}/.fonts" \
    \( -name '*.ttf' -o -name '*.otf' \) -print -quit 2>/dev/null)" ]]
}

has_command() { command -v "$1" >/dev/null 2>&1; }

# The way to become root, in the array AS_ROOT: empty as root, through sudo otherwise; fails where there is none.
AS_ROOT=()
find_root() {
  if [[ "$(id -u)" == 0 ]]; then AS_ROOT=(); return 0; fi
  has_command sudo || return 1
  # Without a terminal nobody can type a password.
  if [[ -t 0 ]]; then AS_ROOT=(sudo); else sudo -n true 2>/dev/null || return 1; AS_ROOT=(sudo -n); fi
}

# Installs the packages named; fails, with the reason said, where that cannot be done.
install_packages() {
  if ! has_command apt-get; then say 'this system has no apt-get'; return 1; fi
  if ! find_root; then say 'installing packages needs root or sudo'; return 1; fi
  say "installing Debian packages: $*"
  local apt=("${AS_ROOT[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
  "${apt[@]}" update >&2 || say 'apt-get update failed; trying with the package lists that are there'
  "${apt[@]}" install -y --no-install-recommends "$@" >&2 || { say 'apt-get install failed'; return 1; }
}
