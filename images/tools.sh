#!/bin/sh
# tools.sh [PACKAGE...]: inside an image of Debian, install what pack may call
# for (busybox-static for --test, upx for --compress) and the packages named.
#
# Debian 12 has upx in its backports only, which no official image has among
# its sources. A release or an architecture without upx goes without.
set -eu
export DEBIAN_FRONTEND=noninteractive

install() { apt-get install -q -y --no-install-recommends "$@"; }
known() { apt-cache policy "$1" | grep -q 'Candidate: [^(]'; }

# add_backports makes the backports of this release a source, at the archive
# that its other packages come from.
add_backports() {
	codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
	archive=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' "Codename: $codename" 'Component: main' | sed -n 1p)
	echo "deb $archive $codename-backports main" >/etc/apt/sources.list.d/pack-backports.list
	apt-get -q update
}

apt-get -q update
install busybox-static "$@"
known upx-ucl || add_backports || true
if known upx-ucl; then
	install upx-ucl
else
	echo "tools.sh: there is no upx for this release: the image goes without" >&2
fi
rm -rf /etc/apt/sources.list.d/pack-backports.list /var/lib/apt/lists/*
