#!/bin/sh
# Make a virtual environment where it is missing, and install into it under the pins
# of constraints.txt.
#
# usage: [PYTHON=python3] scripts/venv.sh DIRECTORY REQUIREMENT...
#
# Uses uv because it is ten times faster. Where uv cannot be had or fails, for instance
# behind an index that only pip is configured for, pip does the same.
set -eu
cd "$(dirname "$0")/.."
venv=$1
shift
python=${PYTHON:-python3}

die() {
    echo "$*" >&2
    exit 1
}

if [ ! -x "$venv/bin/python" ]; then
    command -v "$python" > /dev/null || die "$python is not there; set PYTHON to a Python >= 3.10."
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
        die "$("$python" --version) is too old; set PYTHON to a Python >= 3.10."
    "$python" -m venv "$venv" || {
        rm -rf "$venv"
        die "$python has no working venv module; on Debian: apt install python3-venv."
    }
fi

pip() {
    "$venv/bin/python" -m pip --disable-pip-version-check --quiet "$@"
}

find_uv() {
    [ -z "${NO_UV:-}" ] || return 1
    for uv in "$venv/bin/uv" .venv/bin/uv; do
        if [ -x "$uv" ]; then return; fi
    done
    uv=$venv/bin/uv
    pip install -c constraints.txt uv 2> /dev/null
}

if find_uv && "$uv" pip install --quiet --python "$venv/bin/python" -c constraints.txt "$@"; then
    exit
fi
pip install -c constraints.txt "$@"
