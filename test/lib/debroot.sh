#!/bin/bash
# debroot.sh SUITE [ARCH]: print the path of a tar of a minimal Debian root.
#
# debootstrap makes it once; PACK_CACHE (default ~/.cache/pack-test) keeps it.
# ARCH is one this machine's processor runs (default: its own).
set -euo pipefail

suite=${1:?usage: debroot.sh SUITE [ARCH]}
arch=${2:-$(dpkg --print-architecture)}
here=$(cd "$(dirname "$0")" && pwd)
cache=${PACK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pack-test}
tarball=$cache/debian-$suite-$arch.tar

mkdir -p "$cache/debs"
exec 9>"$tarball.lock"
flock 9
if [[ ! -s $tarball ]]; then
	mirror=$(bash "$here/mirror.sh")
	work=$(mktemp -d "$cache/root.XXXXXX")
	trap 'rm -rf "$work"' EXIT
	if ! debootstrap --variant=minbase --arch="$arch" --cache-dir="$cache/debs" \
		"$suite" "$work/root" "$mirror" >"$work/log" 2>&1; then
		tail -n 20 "$work/log" "$work/root/debootstrap/debootstrap.log" >&2 || true
		echo "debroot.sh: cannot make a $suite root for $arch" >&2
		exit 1
	fi
	rm -rf "$work"/root/var/cache/apt/archives/*.deb "$work"/root/var/lib/apt/lists/* \
		"$work"/root/usr/share/{doc,man,locale}/*
	# Device nodes are left out: every user of the tar has its own /dev.
	tar -C "$work/root" --one-file-system --numeric-owner --xattrs --xattrs-include='*' \
		--exclude='./dev/*' -cf "$work/tar" .
	mv "$work/tar" "$tarball"
fi
printf '%s\n' "$tarball"
