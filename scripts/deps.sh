#!/usr/bin/env bash
# Installs what this system lacks to build and run MIDI Software Center.
#
# usage: scripts/deps.sh [--test]
#   --test   also what the tests need beyond that: a virtual screen, where there is none
#
# Says nothing about what is already there. Knows Debian and Ubuntu (apt), Fedora (dnf),
# Arch (pacman) and macOS; elsewhere it says what is needed.
set -euo pipefail

for_tests=false
for argument in "$@"; do
    case "$argument" in
        --test) for_tests=true ;;
        *)
            echo "usage: scripts/deps.sh [--test]" >&2
            exit 2
            ;;
    esac
done

say() { printf '%s\n' "$*"; }
fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# Runs a command as root: as it is when we are root, else through sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "needs root and there is no sudo. As root, run: $*"
    fi
}

debian() {
    # Headers to build with: ALSA, JACK. Libraries that the window loads when it opens.
    # A Vulkan loader and Mesa's drivers, the software one among them.
    local wanted=(
        pkg-config libasound2-dev libjack-jackd2-dev
        libxkbcommon-x11-0 libxcursor1 libxi6 libxrandr2 libx11-xcb1
        libvulkan1 mesa-vulkan-drivers
    )
    command -v cc >/dev/null || wanted+=(gcc libc6-dev)
    if $for_tests && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        wanted+=(xvfb)
    fi
    local missing=() package
    for package in "${wanted[@]}"; do
        # A space on both sides: a removed package is still known, as "not-installed".
        case " $(dpkg-query -W -f='${db:Status-Status} ' "$package" 2>/dev/null || true)" in
            *" installed "*) ;;
            *) missing+=("$package") ;;
        esac
    done
    [ "${#missing[@]}" = 0 ] && return
    say "installing with apt: ${missing[*]}"
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y install --no-install-recommends "${missing[@]}" >/dev/null
}

fedora() {
    local wanted=(
        gcc pkgconf-pkg-config alsa-lib-devel
        libxkbcommon-x11 libXcursor libXi libXrandr libX11-xcb
        vulkan-loader mesa-vulkan-drivers
    )
    # PipeWire's own libjack serves as well, and both cannot be there.
    if ! pkg-config --exists jack 2>/dev/null; then
        wanted+=(pipewire-jack-audio-connection-kit-devel)
    fi
    if $for_tests && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        wanted+=(xorg-x11-server-Xvfb)
    fi
    local missing=() package
    for package in "${wanted[@]}"; do
        rpm -q --quiet "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return
    say "installing with dnf: ${missing[*]}"
    as_root dnf install -y -q "${missing[@]}"
}

arch() {
    local wanted=(
        gcc pkgconf alsa-lib
        libxkbcommon-x11 libxcursor libxi libxrandr libx11
        vulkan-icd-loader vulkan-swrast
    )
    if ! pkg-config --exists jack 2>/dev/null; then
        wanted+=(jack2)
    fi
    if $for_tests && [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        wanted+=(xorg-server-xvfb)
    fi
    local missing=() package
    for package in "${wanted[@]}"; do
        pacman -Qq "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ "${#missing[@]}" = 0 ] && return
    say "installing with pacman: ${missing[*]}"
    as_root pacman -S --needed --noconfirm "${missing[@]}"
}

macos() {
    # CoreAudio, CoreMIDI and Metal come with the system; JACK is optional there.
    xcode-select -p >/dev/null 2>&1 ||
        fail "needs Apple's command line tools: run xcode-select --install, then this again"
}

case "$(uname -s)" in
    Linux)
        if command -v apt-get >/dev/null; then
            debian
        elif command -v dnf >/dev/null; then
            fedora
        elif command -v pacman >/dev/null; then
            arch
        else
            say "this system's package manager is not known to this script; it needs:"
            say "  a C compiler, pkg-config, headers of ALSA (and of JACK, for --features jack),"
            say "  libxkbcommon-x11, libXcursor, libXi, libXrandr, libX11-xcb, a Vulkan driver"
        fi
        ;;
    Darwin) macos ;;
    *) say "on this system nothing is installed; a C compiler and the Rust toolchain are needed" ;;
esac

command -v cargo >/dev/null ||
    fail "needs the Rust toolchain 1.95 or later (cargo): install it from rustup.rs"
