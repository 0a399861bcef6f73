#!/usr/bin/env bash
# Builds MIDI Software Center and starts it.
#
# usage: scripts/run.sh [FILE…]
#
# Opens the window with the files, or with the demo song. Without a display it runs
# the tour instead: a headless demonstration that leaves pictures, sound and a report
# in the folder tour/.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
here=$PWD

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
