#!/usr/bin/env bash
# `npm run test:machines`: the outputs of the bare console in virtual machines, their screens looked at from outside.
# Needs root (or sudo) for the packages and for the machines' disk; about ten minutes, three of them for the disk, once.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/lib/packages.sh
source deploy/lib/packages.sh

deploy/bootstrap.sh --test
missing=()
has_command qemu-system-x86_64 || missing+=(qemu-system-x86)
has_command mmdebstrap || missing+=(mmdebstrap)
has_command mke2fs || missing+=(e2fsprogs)
((${#missing[@]} == 0)) || install_packages "${missing[@]}" || fail "these tests need: ${missing[*]}"
export VITRINE_TEST_MACHINE=1
exec node_modules/.bin/jest "$@" test/integration/console
