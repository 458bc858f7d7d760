#!/bin/bash
# setup.sh [GROUP...]: install the Debian packages that a group of targets needs.
#
#   compilers  what fixtures are built with: 64 and 32 bit, musl, arm64
#   programs   real programs that tests bundle
#   behaviour  interpreters and program families that do their work from a bundle
#   oracle     many libraries of every kind, for the oracle test
#   roots      other Debian releases and architectures
#   tools      what tests run beside pack: busybox, upx, strace, linters, readers of man pages, shells
#   images     what tests have images read and written by beside pack, and a registry
#   docker     an engine with its client, unless there is one
#   demo       what `make demo` bundles
#   bench      what `make bench` compares with
#   all        everything but bench
#
# A group that is there already costs one look at dpkg's database.
set -euo pipefail
cd "$(dirname "$0")"
export DEBIAN_FRONTEND=noninteractive

die() { echo "setup.sh: $*" >&2; exit 1; }

if ! command -v apt-get >/dev/null; then
	die "this is not Debian: install by hand what the groups in test/setup.sh name"
fi
as_root=()
if [[ $(id -u) != 0 ]]; then
	command -v sudo >/dev/null || die "cannot install packages: not root, and there is no sudo"
	as_root=(sudo --preserve-env=DEBIAN_FRONTEND)
fi
apt() { "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=900 -o Acquire::Retries=3 "$@"; }

# packages GROUP: its packages, one a line.
packages() {
	case $1 in
	compilers)
		# gcc-multilib refuses to stand beside a cross compiler; the package
		# of one version that it names does not. What is lost with it is
		# /usr/include/asm: a 32-bit fixture that includes kernel headers
		# wants -idirafter /usr/include/x86_64-linux-gnu.
		local version
		version=$(gcc -dumpversion 2>/dev/null || gcc_candidate)
		printf '%s\n' gcc libc6-dev "gcc-${version%%.*}-multilib" libc6-dev-i386 \
			gcc-aarch64-linux-gnu libc6-dev-arm64-cross musl-tools musl-dev binutils patchelf
		;;
	programs)
		printf '%s\n' clang-format git curl ca-certificates python3 sqlite3 ffmpeg file gdb \
			imagemagick jq openssl redis-server vim-nox xz-utils zstd
		;;
	behaviour)
		printf '%s\n' bison curl default-jdk-headless erlang-base ffmpeg g++ gcc git gpg gpg-agent gpgconf groff-base \
			guile-3.0 hunspell hunspell-en-us imagemagick krb5-kdc libc6-dev libsox-fmt-base lua5.4 \
			nginx-light nodejs perl php-cli postgresql python3 python3-numpy python3-venv r-base-core ruby sox tcl \
			vim-nox zsh
		;;
	oracle)
		# Private directories, RPATH, RUNPATH, $ORIGIN, plugins, two classes.
		printf '%s\n' default-jre-headless graphviz gstreamer1.0-plugins-base lib32asan8 \
			lib32stdc++6 libreoffice-core-nogui nodejs perl postgresql qemu-system-x86 \
			samba-libs smbclient systemd util-linux
		;;
	roots) printf '%s\n' debootstrap debian-archive-keyring qemu-user-static zstd xz-utils ;;
	tools) printf '%s\n' busybox-static upx-ucl strace attr libcap2-bin shellcheck make procps \
		bash-completion curl fish groff-base mandoc ;;
	images) printf '%s\n' acl attr docker-registry libcap2-bin skopeo umoci ;;
	docker) command -v docker >/dev/null || echo docker.io ;;
	demo) printf '%s\n' clang-format busybox-static coreutils ;;
	bench) printf '%s\n' bubblewrap busybox-static clang-format default-jre-headless ffmpeg gcc git libc6-dev libtree makeself python3 strace time umoci zstd ;;
	all)
		local group
		for group in compilers programs behaviour oracle roots tools images docker demo; do packages "$group"; done
		;;
	*) die "no group $1" ;;
	esac
}

gcc_candidate() {
	update_once
	apt-cache depends gcc | sed -n 's/^ *Depends: gcc-\([0-9][0-9]*\).*/\1/p' | head -n 1
}

updated=
update_once() {
	[[ -n $updated ]] || apt update >&2
	updated=yes
}

# lacking PACKAGE...: those not installed, one a line.
lacking() {
	comm -13 \
		<(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^.i  *//p' | sort -u) \
		<(printf '%s\n' "$@" | sort -u)
}

has_candidate() { [[ $(apt-cache policy "$1") == *"Candidate: "[!\(]* ]]; }

# from_backports PACKAGE installs it from the release's backports, whatever
# apt's sources say and without changing them.
from_backports() {
	local package=$1 codename mirror state options
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	mirror=$(bash lib/mirror.sh)
	state=$(mktemp -d)
	chmod 755 "$state"
	echo "deb $mirror $codename-backports main" >"$state/sources.list"
	mkdir -p "$state/lists/partial"
	options=(-o Dir::Etc::sourcelist="$state/sources.list" -o Dir::Etc::sourceparts=-
		-o Dir::State::lists="$state/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
	apt "${options[@]}" update
	(cd "$state" && apt "${options[@]}" -t "$codename-backports" download "$package")
	apt install -y --no-install-recommends "$state/$package"_*.deb
	rm -rf "$state"
}

[[ $# -gt 0 ]] || set -- all
names=$(for group; do packages "$group"; done)
mapfile -t wanted < <(printf '%s' "$names" | sort -u)
[[ ${#wanted[@]} -gt 0 ]] || exit 0
mapfile -t missing < <(lacking "${wanted[@]}")
[[ ${#missing[@]} -gt 0 ]] || exit 0

echo "setup: installing ${missing[*]}"
update_once
here=() elsewhere=()
for package in "${missing[@]}"; do
	if has_candidate "$package"; then here+=("$package"); else elsewhere+=("$package"); fi
done
if [[ ${#here[@]} -gt 0 ]]; then
	apt install -y --no-install-recommends "${here[@]}"
fi
for package in "${elsewhere[@]}"; do
	from_backports "$package" || die "cannot install $package: no source of apt has it, nor have the backports"
done
