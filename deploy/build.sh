#!/usr/bin/env bash
# Builds the program and its tests into dist/: TypeScript, the picture kernels, and nothing left of sources that are gone.
# Usage: deploy/build.sh [--hash]      --hash only prints what a build of these sources is stamped with
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

source_hash() {
  {
    find runtime plugins test -name '*.ts' -print0
    printf '%s\0' package-lock.json tsconfig.json asconfig.json deploy/build.sh scripts/bundle.mjs scripts/code-cache.mjs
  } | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum
}

if [[ "${1:-}" == --hash ]]; then source_hash; exit; fi

# Taken before the build: what is edited while it runs is built the next time.
stamp="$(source_hash)"
rm -f dist/.sources
node_modules/.bin/tsc -p .
node_modules/.bin/asc --target release
node scripts/bundle.mjs
while IFS= read -r -d '' output; do
  source="${output#dist/}"
  [[ -e ${source%.js}.ts ]] || rm -f "$output" "$output.map" "${output%.js}.d.ts"
done < <(find dist/runtime dist/plugins dist/test -name '*.js' -print0 2>/dev/null)
chmod +x dist/runtime/main.js
rm -f dist/runtime/vitrine.cache
node scripts/code-cache.mjs 2>/dev/null || printf 'no compiled code was kept; the program starts slower\n' >&2
printf '%s' "$stamp" >dist/.sources
