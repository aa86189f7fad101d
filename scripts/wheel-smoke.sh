#!/bin/sh
# Build the wheel, check that no data file is missing from it, install it into an empty
# environment next to Plone and start a site on it.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/var/wheel-smoke
rm -rf "$work"
scripts/copy-sources.sh "$work/source"

scripts/venv.sh "$work/venv" pip
"$work/venv/bin/python" -m pip --disable-pip-version-check --quiet \
    wheel --no-deps --wheel-dir "$work" "$work/source"
"$work/venv/bin/python" scripts/check_wheel.py "$work/source/src" "$work"/*.whl

scripts/venv.sh "$work/venv" Plone "$work"/*.whl
"$work/venv/bin/tokenauth" --version
"$work/venv/bin/tokenauth" --help > /dev/null
"$work/venv/bin/python" scripts/site_smoke.py
