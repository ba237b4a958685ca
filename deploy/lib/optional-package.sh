# Optional npm packages, which npm ci leaves out: package.json names them as peers. Sourced by the scripts of this folder.
# shellcheck shell=bash

OPTIONAL_PACKAGES=(gl ffmpeg-static)

# Installs one of them, with none of its scripts run. Those that are there already are named again: npm would take them out.
ready_optional_package() {
  [[ ! -e node_modules/$1/package.json ]] || return 0
  local name packages=() omit=()
  for name in "${OPTIONAL_PACKAGES[@]}"; do
    [[ $name == "$1" || -e node_modules/$name/package.json ]] || continue
    packages+=("$name@$(node -p "require('./package.json').peerDependencies['$name']")")
  done
  # Where the packages for development were left out, they stay out.
  [[ -e node_modules/typescript ]] || omit=(--omit=dev)
  say "installing the npm package $1"
  npm install --no-save --save-optional --ignore-scripts --no-audit --no-fund --loglevel=error "${omit[@]}" "${packages[@]}" >&2
  [[ -e node_modules/$1/package.json ]]
}
