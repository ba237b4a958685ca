#!/usr/bin/env bash
# `npm start`: readies everything, then runs the demo show. Arguments go to `vitrine run`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/bootstrap.sh
# glibc otherwise keeps an arena per decoding thread, and with it each thread's peak of memory.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
exec node dist/runtime/main.js run --show config/shows/demo.yaml "$@"
