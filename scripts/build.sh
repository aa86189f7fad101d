#!/bin/sh
# Build an sdist of what git knows, and the wheel from that sdist, and check both.
#
# usage: scripts/build.sh PYTHON DIRECTORY
#
# PYTHON has the extra `release`. The folder is emptied first.
set -eu
cd "$(dirname "$0")/.."
python=$1
dist=$2
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
rm -rf "$dist"

scripts/copy-sources.sh "$source"
"$python" -m build --outdir "$dist" "$source" > "$source/build.log" 2>&1 || {
    cat "$source/build.log" >&2
    exit 1
}
"$python" scripts/check_wheel.py "$source/src" "$dist"/*.whl
"$python" -m twine check --strict "$dist"/*
