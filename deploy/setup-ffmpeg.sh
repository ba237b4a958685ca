#!/usr/bin/env bash
# `npm run setup:ffmpeg`: has the optional package `ffmpeg-static` fetch its binary. The system's ffmpeg does as well.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh
# shellcheck source=deploy/lib/optional-package.sh
source deploy/lib/optional-package.sh

works() { "$(node -p "require('ffmpeg-static') ?? ''")" -version >/dev/null 2>&1; }

ready_optional_package ffmpeg-static || fail 'the npm package ffmpeg-static could not be installed; the reason stands above'
if works; then say 'ffmpeg-static is there and runs'; exit; fi
say 'fetching the binary of ffmpeg-static'
(cd node_modules/ffmpeg-static && node install.js >&2) ||
  fail 'the binary could not be fetched; install the ffmpeg of your system instead: apt-get install ffmpeg'
works || fail 'the binary was fetched but does not run here; install the ffmpeg of your system instead: apt-get install ffmpeg'
say 'ffmpeg-static is there and runs'
