# Shared by the scripts in the parent folder: where the tree is, and how to speak and to fail.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
JOBS=${JOBS:-$(nproc)}
export ROOT JOBS

say() { printf '%s\n' "$*"; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# usage prints the comment block at the head of the calling script.
usage() {
    awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$0"
}

# build_preset PRESET [TARGET...] configures when needed and builds; with no target, everything.
build_preset() {
    local preset=$1
    shift
    local -a targets=()
    if [ $# -gt 0 ]; then
        targets=(--target "$@")
    fi
    (
        cd "$ROOT" || exit 1
        if [ ! -f "build/$preset/build.ninja" ]; then
            cmake --preset "$preset" || exit 1
        fi
        cmake --build "build/$preset" -j "$JOBS" "${targets[@]}"
    )
}

# build_release builds as the user who called sudo, so that the tree stays theirs.
build_release() {
    if [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" = "$(stat -c %U "$ROOT")" ]; then
        sudo -u "$SUDO_USER" "$ROOT/scripts/build" release
    else
        "$ROOT/scripts/build" release
    fi
}
