#!/bin/sh
# Copy what git knows, or would know after `git add`, to a folder: a build from there
# sees no left-overs of earlier builds and leaves none behind.
#
# usage: scripts/copy-sources.sh DIRECTORY
set -eu
cd "$(dirname "$0")/.."
mkdir -p "$1"
git ls-files -z --cached --others --exclude-standard |
    tar -c --null --files-from - --ignore-failed-read 2> /dev/null | tar -x -C "$1"
