#!/bin/sh
# Print one interpreter for every Python from 3.10 on that is installed here.
#
# usage: scripts/pythons.sh [MINOR]    from 3.MINOR on
{
    ls "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python 2> /dev/null
    for minor in 10 11 12 13 14; do
        command -v "python3.$minor"
    done
} | while read -r python; do
    # pyenv's shims are on PATH for versions that are not switched on: they fail here.
    minor=$("$python" -c 'import sys; print(sys.version_info.minor)' 2> /dev/null) || continue
    [ "$minor" -lt "${1:-10}" ] || echo "$minor $python"
done | sort -n -u -k1,1 | cut -d' ' -f2-
