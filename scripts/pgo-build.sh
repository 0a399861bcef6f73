#!/usr/bin/env bash
# Builds the programs with profile-guided optimisation: instrument, run the real workload,
# merge, rebuild.
#
# usage: scripts/pgo-build.sh [all|orchestrator|midi-daw|clean] [--sample DIR] [--native]
#   all, orchestrator, midi-daw   what to build; default all
#   clean                         removes what this script has made
#   --sample DIR                  trains on the MIDI files below DIR too
#   --native                      for this machine's processor; a copy may not run elsewhere
#
# The training: a generated collection is imported, scanned again and searched; a generated
# song of 100,000 notes is scrolled, zoomed, played and edited without a display.
# The programs end up in target/pgo; docs/pgo.md says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}
usage() {
    sed -n 's/^# \{0,1\}//; 5,9p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

what=all
sample=
flags=
while [ $# -gt 0 ]; do
    case "$1" in
        all | orchestrator | midi-daw | clean) what=$1 ;;
        --sample)
            sample=${2:-}
            [ -d "$sample" ] || fail "not a folder: --sample $sample"
            sample=$(cd "$sample" && pwd)
            shift
            ;;
        --native) flags=-Ctarget-cpu=native ;;
        *) usage ;;
    esac
    shift
done

here=$PWD
work=${CARGO_TARGET_DIR:-$here/target}/pgo
if [ "$what" = clean ]; then
    rm -rf "$work"
    say "removed $work"
    exit 0
fi

# The tool that merges profiles has to speak the format of rustc's own LLVM.
llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
[ -n "$llvm" ] || fail "rustc does not tell the version of its LLVM"
host=$(rustc -vV | sed -n 's/^host: //p')

find_profdata() {
    local candidate version
    for candidate in \
        "$(rustc --print sysroot)"/lib/rustlib/*/bin/llvm-profdata \
        "llvm-profdata-$llvm" "/usr/lib/llvm-$llvm/bin/llvm-profdata" llvm-profdata; do
        command -v "$candidate" >/dev/null || continue
        version=$("$candidate" merge --version 2>/dev/null | sed -n 's/.*LLVM version \([0-9]*\).*/\1/p')
        if [ "$version" = "$llvm" ]; then
            printf '%s\n' "$candidate"
            return
        fi
        say "passing over $candidate: LLVM ${version:-unknown}, rustc has $llvm" >&2
    done
}

profdata=$(find_profdata)
if [ -z "$profdata" ] && command -v rustup >/dev/null; then
    say "installing llvm-tools with rustup"
    rustup component add llvm-tools >/dev/null 2>&1 || true
    profdata=$(find_profdata)
fi
if [ -z "$profdata" ] && command -v apt-get >/dev/null; then
    say "installing llvm-$llvm with apt"
    root=
    [ "$(id -u)" = 0 ] || root=sudo
    { $root apt-get -qq update && $root apt-get -qq -y install --no-install-recommends "llvm-$llvm"; } \
        >/dev/null 2>&1 || true
    profdata=$(find_profdata)
fi
[ -n "$profdata" ] || fail "no llvm-profdata of LLVM $llvm: install it with
    rustup component add llvm-tools
or, on Debian, apt install llvm-$llvm; then run this again"

packages=()
case "$what" in
    all) packages=(-p midi-daw-engine --bin orchestrator -p midi-daw --bin midi-daw) ;;
    orchestrator) packages=(-p midi-daw-engine --bin orchestrator) ;;
    midi-daw) packages=(-p midi-daw --bin midi-daw) ;;
esac
wants() { [ "$what" = all ] || [ "$what" = "$1" ]; }

# With a target named, build scripts and macros keep out of the profiles.
build() {
    CARGO_TARGET_DIR=$1 RUSTFLAGS="${RUSTFLAGS:-} $flags $2" \
        cargo build --release --locked --target "$host" "${packages[@]}"
}

mkdir -p "$work"
raw=$work/raw
rm -rf "$raw"
say "1/4 building with instruments"
build "$work/instrumented" "-Cprofile-generate=$raw"

say "2/4 training"
training=$work/training
rm -rf "$training"
mkdir -p "$training"
# Made by the development build: it is at hand or soon made, and nothing of it is measured.
cargo run --quiet --locked -p midi-daw-engine --features testkit --bin testkit -- \
    collection "$training/files" 7 4000 300
cargo run --quiet --locked -p midi-daw-engine --features testkit --bin testkit -- \
    smf "$training/song.mid" 7 64 100000

train_orchestrator() {
    local program=$work/instrumented/$host/release/orchestrator db=$training/library.db query
    local sources=("$training/files")
    [ -z "$sample" ] || sources+=("$sample")
    # Exit code 1 says that some files failed: the collection has damaged ones.
    "$program" --source "${sources[@]}" --db "$db" --json >/dev/null 2>&1 || [ $? = 1 ]
    "$program" --source "${sources[@]}" --db "$db" --json >/dev/null 2>&1 || [ $? = 1 ]
    "$program" analyze --force --infer-tempo always --db "$db" --json >/dev/null 2>&1 || [ $? = 1 ]
    for query in piano 'bass bpm:90-120' 'key:~Am' '"Jazz Standards" -fill' 'inst:piano dur:<60' ''; do
        "$program" search "$query" --db "$db" --limit 200 --json >/dev/null
    done
}

train_midi_daw() {
    local program=$work/instrumented/$host/release/midi-daw scenario
    for scenario in scroll zoom play edit; do
        "$program" screenshot "$training/song.mid" "$training/$scenario.png" \
            --view piano-roll --scenario "$scenario" --frames 120
        "$program" screenshot "$training/song.mid" "$training/$scenario.png" \
            --view arrangement --scenario "$scenario" --frames 120
    done
    "$program" inspect "$training/song.mid" --json >/dev/null
    "$program" render demo "$training/demo.wav"
}

if wants orchestrator; then train_orchestrator; fi
if wants midi-daw; then train_midi_daw; fi

say "3/4 merging $(find "$raw" -name '*.profraw' | wc -l) profiles"
"$profdata" merge -o "$work/merged.profdata" "$raw"

say "4/4 building with the profile"
build "$work" "-Cprofile-use=$work/merged.profdata"
rm -rf "$raw" "$training"
for program in orchestrator midi-daw; do
    if wants "$program"; then
        install "$work/$host/release/$program" "$work/$program"
        say "built $work/$program"
    fi
done
