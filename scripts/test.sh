#!/usr/bin/env bash
# Everything that must hold before a change lands: format, lints, tests, snapshots.
#
# usage: scripts/test.sh                        everything
#        scripts/test.sh snapshots [--accept]   draws the snapshot images alone, or accepts them
#        scripts/test.sh --coverage             writes the coverage report of the pure modules
#
# A snapshot that differs leaves NAME.new.png and NAME.diff.png beside NAME.png.
# Checks on real files want MIDI_CORPUS to name a folder of them, and say so without it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# In CI the dependencies are compiled once, not for every clone. Cargo keeps the
# clones apart by their paths; what they leave behind is thrown away when it grows.
if [ "${CI:-}" = true ] && [ -z "${CARGO_TARGET_DIR:-}" ]; then
    CARGO_TARGET_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/midi-software-center/target-ci
    export CARGO_TARGET_DIR
    if [ -d "$CARGO_TARGET_DIR" ]; then
        used_mib=$(du -sm "$CARGO_TARGET_DIR" | cut -f1)
        [ "$used_mib" -lt 16000 ] || rm -rf "$CARGO_TARGET_DIR"
    fi
    # Nothing is built twice here, so what incremental builds remember is only weight.
    export CARGO_INCREMENTAL=0
fi

# Pictures come from the software driver wherever it is, so that they are the same everywhere.
software_driver() {
    local file
    for file in /usr/share/vulkan/icd.d/lvp_icd.*.json; do
        if [ -e "$file" ]; then
            export VK_DRIVER_FILES=$file
            return
        fi
    done
}

step() { printf '\n== %s\n' "$*"; }

# Every feature; without JACK's headers every one but `jack`.
features() {
    if pkg-config --exists jack 2>/dev/null; then
        echo --all-features
    else
        echo --features=midi-daw-engine/testkit,midi-daw-profiling/overlay
    fi
}

everything() {
    step "format"
    cargo fmt --all -- --check
    step "lints"
    cargo clippy --locked --workspace --all-targets "$(features)" -- -D warnings
    step "tests, doc tests, snapshots"
    cargo test --locked --workspace "$(features)"
    step "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps --quiet
}

snapshots() {
    software_driver
    if [ "${1:-}" = --accept ]; then
        UPDATE_SNAPSHOTS=force cargo test --locked -p midi-daw --test snapshots
    else
        cargo test --locked -p midi-daw --test snapshots
    fi
}

coverage() {
    local out=${CARGO_TARGET_DIR:-target}/coverage
    local packages=(-p midi-daw-profiling -p midi-daw-engine)
    if cargo llvm-cov --version >/dev/null 2>&1; then
        cargo llvm-cov "${packages[@]}" --features midi-daw-engine/testkit \
            --html --output-dir "$out"
    else
        cargo tarpaulin --version >/dev/null 2>&1 || cargo install --locked cargo-tarpaulin
        cargo tarpaulin "${packages[@]}" --features midi-daw-engine/testkit \
            --skip-clean --out Html --out Json --output-dir "$out"
    fi
    echo "the report is in $out"
}

case "${1:-}" in
    "")
        scripts/deps.sh --test
        software_driver
        everything
        ;;
    snapshots)
        scripts/deps.sh --test
        snapshots "${2:-}"
        ;;
    --coverage)
        scripts/deps.sh --test
        software_driver
        coverage
        ;;
    *)
        sed -n '4,6s/^# //p' "$0" >&2
        exit 2
        ;;
esac
