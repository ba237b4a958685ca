#!/usr/bin/env bash
# Takes out of the npm packages what only other systems need: node-web-audio-api brings its library for seven, 41 MiB. Comes after npm ci.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "${BASH_SOURCE[0]}")/.."

system="$(node -p 'process.platform + "-" + process.arch')"
for library in node_modules/node-web-audio-api/*.node; do
  [[ ${library##*/} == "node-web-audio-api.$system"[.-]* ]] || rm -f "$library"
done
