#!/bin/sh
# Build the buildout in a copy of the sources, start its instance and ask it for a page.
# What it has fetched stays in var/buildout-smoke for the next time.
set -eu
cd "$(dirname "$0")/.."
work=$PWD/var/buildout-smoke
rm -rf "$work/src" "$work/var"
scripts/copy-sources.sh "$work"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')

NO_UV=1 scripts/venv.sh "$work/.venv-buildout" zc.buildout
cd "$work"
.venv-buildout/bin/buildout -N "instance:http-address=127.0.0.1:$port"

bin/test --version
bin/tokenauth --version
bin/tokenauth --help > /dev/null
# It opens the database of this instance, in which there is no site yet.
code=0
bin/tokenauth --site /Plone list || code=$?
[ "$code" = 3 ] || { echo "bin/tokenauth ended with exit code $code" >&2; exit 1; }
trap 'bin/instance stop' EXIT
bin/instance start
for _ in $(seq 60); do
    if curl --silent --fail --output /dev/null "http://127.0.0.1:$port/"; then
        echo "the instance answers on port $port"
        exit
    fi
    sleep 2
done
cat var/log/instance.log
echo "the instance does not answer" >&2
exit 1
