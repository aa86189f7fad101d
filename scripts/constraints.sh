#!/bin/sh
# Resolve all dependencies and extras once for every supported Python and write
# constraints.txt (pip) and versions.cfg (buildout).
#
# usage: scripts/constraints.sh UV [--upgrade]
#
# Pins already in constraints.txt stay unless they no longer fit or --upgrade is given.
set -eu
cd "$(dirname "$0")/.."
uv=$1
shift

body=$(mktemp)
trap 'rm -f "$body"' EXIT
grep -v '^#' constraints.txt > "$body" 2>/dev/null || true

# "fewest": one version of a project for all Pythons, as Plone's own releases pin.
"$uv" pip compile --quiet --universal --python-version 3.10 --fork-strategy fewest \
    --all-extras --no-annotate --no-header "$@" \
    --output-file "$body" pyproject.toml constraints.in > /dev/null

{
    echo '# Plone 6.2.2, the add-on and all its extras, for Python 3.10 to 3.13.'
    echo '# Regenerate with `make constraints`; with UPGRADE=--upgrade take what is newest.'
    cat "$body"
} > constraints.txt

# Buildout knows no environment markers: a pin that is not needed does no harm.
# It must not replace the setuptools, pip and wheel that run it, and it looks for
# its own two pins under their dotted names.
{
    echo '# The pins of constraints.txt for buildout. Regenerate with `make constraints`.'
    echo '[versions]'
    sed -e 's/ *;.*//' -e 's/==/ = /' \
        -e 's/^zc-buildout /zc.buildout /' -e 's/^zc-recipe-egg /zc.recipe.egg /' "$body" |
        grep -v -E '^(setuptools|pip|wheel) '
} > versions.cfg
