#!/bin/sh
# Test core and storage on every installed Python, without Plone: the light
# dependencies below are all they may need.
set -eu
cd "$(dirname "$0")/.."
status=0
for python in $(scripts/pythons.sh); do
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    venv=.venv-core-$version
    PYTHON=$python scripts/venv.sh "$venv" \
        Authlib badkeys BTrees cryptography hypothesis joserfc jwcrypto persistent \
        PyJWT pytest transaction ZODB zope.interface
    echo "Python $version"
    PYTHONPATH=src "$venv/bin/python" -m pytest -q -p no:cacheprovider \
        tests/core tests/storage || status=1
done
exit $status
