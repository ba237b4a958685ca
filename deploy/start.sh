#!/usr/bin/env bash
# `npm start`: readies everything, then runs the demo show. Arguments go to `vitrine run`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
deploy/bootstrap.sh
exec deploy/vitrine run --show config/shows/demo.yaml "$@"
