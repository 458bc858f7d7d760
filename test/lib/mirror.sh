#!/bin/bash
# Print the URI of the Debian archive that this machine's apt uses, so that
# roots made by debootstrap come from there and no host is written down here.
# PACK_MIRROR overrides it (a machine that is not Debian has none to find).
set -euo pipefail

if [[ -n ${PACK_MIRROR:-} ]]; then
	printf '%s\n' "$PACK_MIRROR"
	exit
fi

archive() {
	apt-get indextargets --format '$(SITE)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' 'Component: main' |
		sed '/^$/d' | head -n 1
}

uri=$(archive)
if [[ -z $uri ]]; then
	# apt lists no target before its first update.
	apt-get -q update >&2
	uri=$(archive)
fi
if [[ -z $uri ]]; then
	echo "mirror.sh: cannot find a Debian archive among apt's sources; set PACK_MIRROR" >&2
	exit 1
fi
printf '%s\n' "$uri"
