#!/bin/sh
# Installs what the oracle test and the benchmark want on a Debian machine:
# compilers for fixtures, the tools that make roots, and packages chosen for
# the number and the variety of their libraries (private directories, RPATH,
# RUNPATH and $ORIGIN, two ELF classes). Does nothing for what is there.
set -eu

tools="gcc libc6-dev gcc-multilib musl-tools patchelf debootstrap qemu-user-static util-linux xz-utils"
bench="clang-format git ffmpeg"
mass="imagemagick gdb postgresql redis-server samba-libs smbclient sqlite3 systemd vim-nox
	default-jre-headless graphviz gstreamer1.0-plugins-base qemu-system-x86 nodejs
	libreoffice-core-nogui perl python3 lib32stdc++6 lib32asan8"

missing=
for package in $tools $bench $mass; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get -qq -o DPkg::Lock::Timeout=600 update
# shellcheck disable=SC2086 # a list of package names
exec apt-get -qq -y --no-install-recommends -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 install $missing
