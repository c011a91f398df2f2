# Sourced by the scripts: where the project is, and how they speak.
set -eu
cd "$(dirname "$0")/.."

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit "${2:-3}"
}

# Configures and builds one preset: everything is told where it fails. The first time takes minutes.
build() {
    mkdir -p build
    [ -e "build/$1/build.ninja" ] ||
        printf '%s: building preset %s (build/%s.log)\n' "$(basename "$0")" "$1" "$1" >&2
    if ! { cmake --preset "$1" && cmake --build --preset "$1"; } >"build/$1.log" 2>&1; then
        cat "build/$1.log" >&2
        fail "the build of preset $1 failed (build/$1.log)"
    fi
}
