#!/bin/sh
# Build the wheel, install it into an empty environment next to Plone and start a site
# on it.
#
# usage: scripts/wheel-smoke.sh PYTHON
set -eu
cd "$(dirname "$0")/.."
work=$PWD/var/wheel-smoke
rm -rf "$work"
scripts/build.sh "$1" "$work/dist"

scripts/venv.sh "$work/venv" Plone "$work"/dist/*.whl
"$work/venv/bin/tokenauth" --version
"$work/venv/bin/tokenauth" --help > /dev/null
"$work/venv/bin/python" scripts/site_smoke.py
