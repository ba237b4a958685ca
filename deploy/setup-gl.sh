#!/usr/bin/env bash
# `npm run setup:gl`: builds the optional package `gl` (WebGL on the CPU or GPU, under an X server) from source.
# Takes some minutes. Nothing depends on it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh
# shellcheck source=deploy/lib/optional-package.sh
source deploy/lib/optional-package.sh

works() { node -e "require('gl')" >/dev/null 2>&1; }

if works; then say 'gl is there and loads'; exit; fi
ready_optional_package gl || fail 'the npm package gl could not be installed; the reason stands above'

needed=(build-essential python3 pkg-config
  libxi-dev libxext-dev libx11-dev libgl1-mesa-dev libglu1-mesa-dev libglew-dev)
missing=()
for package in "${needed[@]}"; do
  [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
done
((${#missing[@]} == 0)) || install_packages "${missing[@]}" || fail "gl needs these packages to build: ${missing[*]}"

say 'building gl'
headers="$(dirname "$(dirname "$(command -v node)")")"
if [[ -e $headers/include/node/node.h ]]; then
  # The headers beside this Node serve as well as the ones node-gyp would download.
  export npm_config_nodedir="$headers"
fi
npm rebuild gl --build-from-source >&2 || fail 'the build of gl failed; the reason stands above'
works || fail 'gl was built but does not load'
say 'gl is built and loads'
