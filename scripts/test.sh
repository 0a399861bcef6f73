#!/usr/bin/env bash
# Everything that must hold before a change lands: format, lints, tests, snapshots.
#
# usage: scripts/test.sh                        everything
#        scripts/test.sh snapshots [--accept]   draws the snapshot images alone, or accepts them
#        scripts/test.sh --coverage             reports which lines of the engine and of profiling ran
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
    cargo test --locked --workspace --no-fail-fast "$(features)"
    step "documentation"
    RUSTDOCFLAGS="-D warnings" cargo doc --locked --workspace --no-deps "$(features)" --quiet
    window
}

# Opens the window on a virtual screen, with a home of its own, and sees that it stays open.
window() {
    step "window"
    if ! command -v Xvfb >/dev/null; then
        echo "there is no Xvfb: the window was not opened"
        return
    fi
    local scratch server status=0
    scratch=$(mktemp -d)
    Xvfb -displayfd 9 -screen 0 1600x1000x24 9>"$scratch/display" 2>/dev/null &
    server=$!
    for _ in $(seq 100); do
        [ -s "$scratch/display" ] && break
        sleep 0.1
    done
    env -u WAYLAND_DISPLAY DISPLAY=":$(tr -d '\n' <"$scratch/display")" \
        HOME="$scratch" XDG_CONFIG_HOME="$scratch" XDG_CACHE_HOME="$scratch" \
        timeout 10 "${CARGO_TARGET_DIR:-target}/debug/midi-daw" || status=$?
    kill "$server"
    wait "$server" 2>/dev/null || true
    rm -rf "$scratch"
    # 124 is what timeout says of a program that it had to end.
    if [ "$status" != 124 ]; then
        echo "the window closed by itself, exit code $status" >&2
        exit 1
    fi
    echo "the window opened and stayed open"
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
    local tested=(-p midi-daw-profiling -p midi-daw-engine
        --features midi-daw-engine/testkit,midi-daw-profiling/overlay)
    mkdir -p "$out"
    if cargo llvm-cov --version >/dev/null 2>&1; then
        cargo llvm-cov "${tested[@]}" --locked --no-report
        cargo llvm-cov report --html --output-dir "$out"
        cargo llvm-cov report --lcov --output-path "$out/lcov.info"
    else
        cargo tarpaulin --version >/dev/null 2>&1 || cargo install --locked cargo-tarpaulin
        cargo tarpaulin "${tested[@]}" --locked --skip-clean --out Html --out Lcov --output-dir "$out"
    fi
    step "lines that ran, by crate and module"
    covered_lines "$out/lcov.info"
    echo "the report is in $out"
}

# Sums an lcov file: one line for each crate, one for each module of the crates.
covered_lines() {
    awk -F: -v root="$PWD/" '
        $1 == "SF" {
            file = $2
            if (index(file, root) == 1) file = substr(file, length(root) + 1)
            n = split(file, part, "/")
            module = part[3]
            sub(/\.rs$/, "", module)
            name[1] = part[1]
            name[2] = part[1] "::" module
        }
        $1 == "LF" { for (i in name) found[name[i]] += $2 }
        $1 == "LH" { for (i in name) hit[name[i]] += $2 }
        END {
            for (each in found) if (found[each])
                printf "%-28s %5.1f %% of %d\n", each, 100 * hit[each] / found[each], found[each]
        }' "$1" | sort
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
