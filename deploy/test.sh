#!/usr/bin/env bash
# `npm test`: readies everything, then lint with the layer check, formatting, and all tests. Arguments go to jest.
# Types are checked by the build, which the set-up repeats whenever a source has changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/bootstrap.sh --test
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
npm run --silent lint &
lint=$!
npm run --silent format:check
wait "$lint"
exec node_modules/.bin/jest "$@"
