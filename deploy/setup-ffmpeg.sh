#!/usr/bin/env bash
# `npm run setup:ffmpeg`: has the optional package `ffmpeg-static` fetch its binary. The system's ffmpeg does as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh

works() { "$(node -p "require('ffmpeg-static') ?? ''")" -version >/dev/null 2>&1; }

[[ -e node_modules/ffmpeg-static/package.json ]] || fail 'node_modules/ffmpeg-static is missing; run npm ci --ignore-scripts first'
if works; then say 'ffmpeg-static is there and runs'; exit; fi
say 'fetching the binary of ffmpeg-static'
(cd node_modules/ffmpeg-static && node install.js >&2) ||
  fail 'the binary could not be fetched; install the ffmpeg of your system instead: apt-get install ffmpeg'
works || fail 'the binary was fetched but does not run here; install the ffmpeg of your system instead: apt-get install ffmpeg'
say 'ffmpeg-static is there and runs'
