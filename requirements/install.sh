#!/bin/sh
# Makes .venv hold what a lock file names: install.sh runtime | dev
#
# Does nothing where that is so already. What was installed is noted by a copy of the lock file and pyproject.toml, written
# last, so an installation that was cut off is done again, and a change of either is noticed whatever the files' times.
set -eu
cd "$(dirname "$0")/.."

lock=$1
venv=.venv
supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'
able="import ensurepip, venv; $supported"
version='import sys; print(*sys.version_info[:2], sep=".")'

wanted() { cat "requirements/$1.txt" pyproject.toml; }
installed() { [ -f "$venv/.installed-$1" ] && [ "$(cat "$venv/.installed-$1")" = "$(wanted "$1")" ]; }
note() { wanted "$1" >"$venv/.installing" && mv "$venv/.installing" "$venv/.installed-$1"; }
fail() { echo "jarvis: $1" >&2; exit 1; }

# A program on the PATH is no proof: version managers leave names there that only print an error.
find_python() {
    if [ -n "${PYTHON:-}" ]; then
        "$PYTHON" -c "$able" >/dev/null 2>&1 || fail "PYTHON=$PYTHON is no Python 3.11 or 3.12 with the modules venv and ensurepip."
        echo "$PYTHON"
        return
    fi
    for candidate in python3.11 python3.12 python3 python; do
        if "$candidate" -c "$able" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
    fail "no Python 3.11 or 3.12 with the modules venv and ensurepip was found (on Debian and Ubuntu: the package python3-venv).
        Install one, or name it: make run PYTHON=/path/to/python3.12"
}

# It runs, is of the right version, and has not been copied or moved here from another folder.
usable() {
    grep -qF "$(pwd -P)/$venv" "$venv/bin/activate" 2>/dev/null && "$venv/bin/python" -c "$supported" 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$version" 2>/dev/null)" = "$("$venv/bin/python" -c "$version")" ]
}

if usable && installed "$lock"; then exit 0; fi

if ! usable || ! "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    echo "Making $venv with $("$python" --version)" >&2
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi

echo "Installing requirements/$lock.txt; the first time takes a minute" >&2
rm -f "$venv"/.installed-*
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1 PIP_USER=0
"$venv/bin/python" -m pip install -qq --require-hashes -r "requirements/$lock.txt"
"$venv/bin/python" -m pip install -qq --no-deps --no-build-isolation --editable .
note runtime
if [ "$lock" = dev ]; then note dev; fi
