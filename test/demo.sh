#!/bin/bash
# Bundle clang-format, test the bundle, say how large it is, run it in a chroot.
set -euo pipefail
pack=${PACK_BIN:?the pack to show}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/bundle

show() { printf '\n$'; printf ' %q' "$@"; printf '\n'; "$@"; }

show "$pack" --verbose --test \
	--test-command 'clang-format --style=LLVM' \
	--test-stdin 'int   main( ){return 0;}' \
	--test-stdout 'int main() { return 0; }' \
	/usr/bin/clang-format "$bundle"
show du -sh "$bundle"
show find "$bundle" -maxdepth 2

enter=(chroot)
[[ $(id -u) == 0 ]] || enter=(unshare --map-root-user chroot)
show "${enter[@]}" "$bundle" /usr/bin/clang-format --version
