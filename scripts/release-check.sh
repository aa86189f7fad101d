#!/bin/sh
# Check that what is committed can be released, without releasing anything.
#
# usage: scripts/release-check.sh PYTHON
#
# PYTHON has the extra `release`.
set -eu
cd "$(dirname "$0")/.."
python=$1
dist=$PWD/var/release-check
changes=$(git status --porcelain)
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' pyproject.toml)
# Between releases a version may end in .dev0, which is taken off for the release.
release=${version%.dev*}

refuse() {
    echo "Not ready for a release: $*" >&2
    exit 1
}

[ -z "$changes" ] || refuse "there are uncommitted changes.
$changes"
if git rev-parse --quiet --verify "refs/tags/$release" > /dev/null; then
    refuse "there is a tag $release already."
fi
if grep -q "^$release (" CHANGES.rst; then
    refuse "CHANGES.rst has a section $release already."
fi

news=$("$python" -m towncrier build --draft --version "$release" 2> /dev/null)
case $news in
    *"No significant changes."*) refuse "there is nothing in news/." ;;
esac

scripts/build.sh "$python" "$dist"
for file in "$dist"/*; do
    case ${file##*/} in
        "pas_plugins_tokenauth-$version.tar.gz" | "pas_plugins_tokenauth-$version-"*.whl) ;;
        *) refuse "${file##*/} does not have the version $version of pyproject.toml." ;;
    esac
done

echo "$news"
echo "Ready to release $release."
