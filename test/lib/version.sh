#!/bin/sh
# Print the version to stamp into the binary: git's description of the tree
# or, without git or tags, the newest release that CHANGELOG.md names.
cd "$(dirname "$0")/../.." || exit 1
if tag=$(git describe --tags --dirty --match 'v*' 2>/dev/null); then
	printf '%s\n' "${tag#v}"
	exit
fi
release=$(sed -n 's/^## \[\([0-9][^]]*\)\].*/\1/p' CHANGELOG.md | head -n 1)
commit=$(git rev-parse --short=12 HEAD 2>/dev/null) || commit=
printf '%s\n' "${release:-0.0.0}-dev${commit:++$commit}"
