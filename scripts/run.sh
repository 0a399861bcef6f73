#!/usr/bin/env bash
# Builds MIDI Software Center and starts it.
#
# usage: scripts/run.sh [--native] [FILE…]
#
#   --native   builds for this machine's processor; a copy may not run on another
#
# Opens the window with the files, or with the demo song. Without a display it runs
# the tour instead: a headless demonstration that leaves pictures, sound and a report
# in the folder tour/.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$PWD

if [ "${1:-}" = --native ]; then
    shift
    # A folder of its own: other flags would rebuild everything each time they change.
    export RUSTFLAGS="${RUSTFLAGS:-} -Ctarget-cpu=native"
    export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$here/target}/native
fi

has_display() {
    case "$(uname -s)" in
        Linux | *BSD) [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] ;;
        *) true ;;
    esac
}

scripts/deps.sh
# Paths on the command line count from where the caller stands.
manifest=$here/Cargo.toml
cd "$caller"
if has_display; then
    exec cargo run --release --locked --manifest-path "$manifest" -p midi-daw -- "$@"
fi
echo "no display: running the tour instead of opening a window"
exec cargo run --release --locked --manifest-path "$manifest" -p midi-daw -- tour --out "$here/tour"
