#!/usr/bin/env bash
# Builds what is given to others: both programs, for any processor of this kind and, on
# x86-64, once more for newer ones, each with its symbols beside it.
#
# usage: scripts/dist.sh [orchestrator|midi-daw]
#
# The programs end up in target/dist/ARCH; docs/pgo.md says which to take.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-all}" in
    all) programs=(orchestrator midi-daw) ;;
    orchestrator | midi-daw) programs=("$1") ;;
    *)
        sed -n 's/^# \{0,1\}//; 5p' "${BASH_SOURCE[0]}" >&2
        exit 2
        ;;
esac
target=${CARGO_TARGET_DIR:-$PWD/target}
arch=$(rustc -vV | sed -n 's/^host: \([^-]*\)-.*/\1/p')

packages=()
for program in "${programs[@]}"; do
    case "$program" in
        orchestrator) packages+=(-p midi-daw-engine --bin orchestrator) ;;
        midi-daw) packages+=(-p midi-daw --bin midi-daw) ;;
    esac
done

# Other flags would rebuild everything in one folder each time: each has its own.
build() {
    local name=$1 flags=$2 program from
    CARGO_TARGET_DIR=$target/dist/build/$name RUSTFLAGS="${RUSTFLAGS:-} $flags" \
        cargo build --release --locked "${packages[@]}"
    mkdir -p "$target/dist/$name"
    for program in "${programs[@]}"; do
        from=$target/dist/build/$name/release/$program
        install "$from" "$target/dist/$name/$program"
        if [ -e "$from.dwp" ]; then install -m 644 "$from.dwp" "$target/dist/$name/$program.dwp"; fi
        printf 'built %s\n' "$target/dist/$name/$program"
    done
}

build "$arch" ""
if [ "$arch" = x86_64 ]; then build x86_64-v3 -Ctarget-cpu=x86-64-v3; fi
