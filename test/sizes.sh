#!/bin/bash
# sizes.sh [--update]: what the rules cost: the sizes of bundles with the rules
# and without, in a Debian 12 that holds these programs and nothing else. Prints
# the table of the README, or with --update writes it there. Needs root,
# debootstrap and jq.
set -euo pipefail
cd "$(dirname "$0")/.."
pack=${PACK_BIN:?the pack to ask}
packages=(git curl ca-certificates python3 perl bash nginx-light ffmpeg clang-format nodejs default-jre-headless)
programs=(git curl python3 perl bash nginx ffmpeg clang-format node java)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# make_root puts a Debian with the packages into $1. Its mounts end with it.
make_root() {
	mkdir "$1"
	tar -C "$1" --numeric-owner -xf "$(bash test/lib/debroot.sh bookworm)"
	cp --remove-destination /etc/resolv.conf "$1/etc/resolv.conf"
	printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
	chmod 755 "$1/usr/sbin/policy-rc.d"
	# shellcheck disable=SC2016
	unshare --mount --pid --fork bash -euc '
		mount --rbind /dev "$0/dev"
		mount -t proc proc "$0/proc"
		export DEBIAN_FRONTEND=noninteractive
		chroot "$0" apt-get -q update
		chroot "$0" apt-get -q install -y --no-install-recommends "$@"
	' "$1" "${packages[@]}" >&2
}

# plan FLAG... PROGRAM: what pack would bundle, as JSON.
plan() { "$pack" --root "$work/root" --dry-run --json --log-level error "$@" "$work/never"; }

table() {
	echo '| program | `--without all` | with the rules | most of it |'
	echo '|---|--:|--:|---|'
	local program
	for program in "${programs[@]}"; do
		# shellcheck disable=SC2016
		jq -r --arg program "$program" --argjson without "$(plan --without all "$program" | jq .size)" '
			def mib: (. * 10 / 1048576 | round) | "\(. / 10 | floor).\(. % 10) MiB";
			[.reasons[] | select(.kind == "rule" and .size >= 100000) | "`\(.by)` \(.size | mib)"][:2] as $most
			| "| \($program) | \($without | mib) | \(.size | mib) | \($most | join(", ")) |"
		' <<<"$(plan "$program")"
	done
}

make_root "$work/root"
table >"$work/table"
if [[ ${1-} != --update ]]; then
	cat "$work/table"
	exit
fi
awk -v table="$work/table" '
	/^<!-- end of sizes -->$/ { skip = 0 }
	!skip
	/^<!-- sizes:/ { while ((getline line < table) > 0) print line; skip = 1 }
' README.md >"$work/readme"
cat "$work/readme" >README.md
