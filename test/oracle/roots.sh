#!/bin/bash
# Makes the root file systems the oracle test compares against, and prints the
# directory of each, one a line:
#
#   bullseye  Debian 11, glibc 2.31, /lib and /usr/lib apart (not usr-merged)
#   trixie    Debian 13, glibc 2.41
#   i386      Debian 12, glibc 2.36, 32 bit
#   arm64     Debian 12, glibc 2.36, unpacked only: nothing in it has run but
#             ldconfig, under qemu
#
#   roots.sh [--if-there] [NAME...]       (default: all)
#
# With --if-there a root that has not been made is passed over in silence.
# A root that is there already is left alone. They live in
# $PACK_CACHE/roots (default ~/.cache/pack-test/roots); several runs at once
# wait for each other, and a root appears by one rename when it is complete.
# Needs root, debootstrap and, for arm64, qemu-user-static. The packages come
# from $PACK_MIRROR, by default the mirror the machine's own apt uses.
set -euo pipefail

cache=${PACK_CACHE:-${HOME:?}/.cache/pack-test}
mass="git python3-minimal imagemagick ffmpeg smbclient samba-libs gdb postgresql systemd"

die() { echo "roots.sh: $*" >&2; exit 1; }

mirror() {
	if [ -n "${PACK_MIRROR:-}" ]; then
		echo "$PACK_MIRROR"
		return
	fi
	# shellcheck disable=SC2016 # apt's own variable
	apt-get indextargets --format '$(REPO_URI)' \
		'Created-By: Packages' 'Origin: Debian' 'Label: Debian' | sort -u | head -n 1
}

# install_in ROOT PACKAGE... runs apt-get in ROOT, with /proc where mounting is
# allowed (some packages look at it when they are configured).
install_in() {
	local root=$1
	shift
	cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	mkdir -p "$cache/debs"
	# shellcheck disable=SC2016 # for the inner shell
	local run='chroot "$0" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"'
	if unshare --mount true 2>/dev/null; then
		unshare --mount sh -c "mount -t proc proc \"\$0/proc\" && $run" "$root" \
			apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=false install "$@"
	else
		sh -c "$run" "$root" \
			apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 -o APT::Keep-Downloaded-Packages=false install "$@"
	fi
	chroot "$root" apt-get clean
}

# bootstrap ROOT SUITE ARCH [debootstrap option...]
bootstrap() {
	local root=$1 suite=$2 arch=$3
	shift 3
	mkdir -p "$cache/debs"
	debootstrap --variant=minbase --arch="$arch" --cache-dir="$cache/debs" "$@" "$suite" "$root" "$(mirror)"
	# shellcheck disable=SC2086 # a list of package names
	install_in "$root" $mass
}

# unpack ROOT SUITE ARCH resolves the packages with the machine's apt, in a
# state directory of its own, and unpacks them without running their scripts.
unpack() {
	local root=$1 suite=$2 arch=$3 state=$1.apt deb
	mkdir -p "$state"/{lists/partial,archives/partial,etc} "$root/usr"/{bin,sbin,lib}
	for d in bin sbin lib; do ln -s "usr/$d" "$root/$d"; done
	: >"$state/status"
	echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(mirror) $suite main" >"$state/etc/sources.list"
	local apt=(apt-get -qq -y --no-install-recommends
		-o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User=root
		-o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::State::lists="$state/lists"
		-o Dir::Cache="$state" -o Dir::Cache::archives="$state/archives"
		-o Dir::Etc::sourcelist="$state/etc/sources.list" -o Dir::Etc::sourceparts=/dev/null
		-o Dir::Etc::preferencesparts=/dev/null -o Dir::Etc::preferences=/dev/null)
	"${apt[@]}" update
	# shellcheck disable=SC2086 # a list of package names
	"${apt[@]}" install --download-only base-files libc-bin bash coreutils $mass
	for deb in "$state"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -xf - -C "$root" --keep-directory-symlink
	done
	rm -rf "$state"
}

make_bullseye() { bootstrap "$1" bullseye amd64 --no-merged-usr; }
make_trixie() { bootstrap "$1" trixie amd64; }
make_i386() { bootstrap "$1" bookworm i386; }
make_arm64() {
	local qemu
	qemu=$(command -v qemu-aarch64-static) || die "arm64 needs qemu-aarch64-static: apt-get install qemu-user-static"
	unpack "$1" bookworm arm64
	cp "$qemu" "$1/qemu-aarch64-static"
	chroot "$1" /qemu-aarch64-static /sbin/ldconfig
}

# make_root NAME
make_root() {
	local name=$1 recipe dir tmp
	declare -F "make_$name" >/dev/null || die "no root is called $name"
	recipe=$({ declare -f "make_$name" bootstrap unpack install_in; echo "$mass"; } | sha256sum | cut -c1-8)
	dir=$cache/roots/$name-$recipe
	if [ -n "$if_there" ]; then
		[ ! -d "$dir" ] || echo "$dir"
		return
	fi
	if [ ! -d "$dir" ]; then
		[ "$(id -u)" = 0 ] || die "making $dir needs root"
		mkdir -p "$cache/roots"
		exec 9>"$cache/roots/$name.lock"
		flock 9
		if [ ! -d "$dir" ]; then
			rm -rf "$dir".tmp.* # we hold the lock: left by a run that was killed
			tmp=$dir.tmp.$$
			mkdir "$tmp"
			# a shell of its own: "set -e" means nothing in a function called before ||
			"$BASH" "$0" --build "$name" "$tmp" </dev/null >"$cache/roots/$name.log" 2>&1 9>&- ||
				die "cannot make $name: the end of $cache/roots/$name.log: $(tail -n 3 "$cache/roots/$name.log")"
			mv "$tmp" "$dir"
		fi
		exec 9>&-
	fi
	echo "$dir"
}

if [ "${1:-}" = --build ]; then
	"make_$2" "$3"
	exit
fi
if_there=
if [ "${1:-}" = --if-there ]; then
	if_there=yes
	shift
fi
[ $# -gt 0 ] || set -- bullseye trixie i386 arm64
for name; do make_root "$name"; done
