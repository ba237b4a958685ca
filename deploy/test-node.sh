#!/usr/bin/env bash
# `npm run test:node -- 24`: the unit tests and ten seconds of the demo on another version of Node, which must warn of nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh

version="${1:-24}"
place="$(mktemp -d)"
trap 'rm -rf "$place"' EXIT
system="$(node -p 'process.platform + "-" + process.arch')"
say "fetching Node $version"
npm install --prefix "$place" --no-save --no-audit --no-fund --ignore-scripts --loglevel=error "node-$system@$version" >&2 ||
  fail "there is no package of Node $version for $system"
node="$place/node_modules/node-$system/bin/node"
say "testing with $("$node" --version)"
MALLOC_ARENA_MAX=2 "$node" node_modules/jest/bin/jest.js test/unit

said="$place/said"
"$node" dist/runtime/main.js run --display offscreen --duration 10s --report "$place/report.json" \
  --set "control.socket=$place/control.sock" --set telemetry.http=off 2>"$said" || fail "the demo ended with $? on $("$node" --version): $(tail -5 "$said")"
# Lines of the program's log are JSON; Node's own warnings are not.
if grep -v '^{' "$said" >&2; then fail "Node $version warns, see above"; fi
node -e 'const { frames, errors } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
if (frames.presented < 100 || frames.black > 0 || errors.length > 0) throw new Error(JSON.stringify({ frames, errors }));' "$place/report.json"
say "passed on $("$node" --version)"
