# Sourced by the tests of the package, which get: the source folder, the build folder, cmake, the version.
set -eu
LC_ALL=C
export LC_ALL
source_folder=$1 build=$2 cmake=$3 version=$4
ctest=$(dirname "$cmake")/ctest
cpack=$(dirname "$cmake")/cpack
# What the caller's environment says of compilers and of how the lab's own tests run is not meant here.
unset CC CXX CFLAGS CXXFLAGS LDFLAGS DESTDIR CTEST_PARALLEL_LEVEL CMAKE_PREFIX_PATH RACELAB_WITNESS

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/tmp"
export TMPDIR="$work/tmp"

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$1" >&2
    exit 1
}

# Installs racelab, and moves it elsewhere, where $prefix then is.
install_and_move() {
    "$cmake" --install "$build" --prefix "$work/first" >"$work/install.log" ||
        fail "cmake --install: $(cat "$work/install.log")"
    prefix=$work/moved
    mv "$work/first" "$prefix"
}

# Runs a command; its output is kept in $work/log, and its status must be the first argument.
expect() {
    wanted=$1
    shift
    status=0
    "$@" >"$work/log" 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "$*: status $status, not $wanted: $(cat "$work/log")"
}

# What the last command said must hold these words, whatever the lines that they were broken into.
says() {
    tr -s ' \n' ' ' <"$work/log" | grep -qF -- "$1" || fail "not said: $1: $(cat "$work/log")"
}
