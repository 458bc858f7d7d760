#!/bin/bash
# Bundle clang-format, test the bundle, say how large it is, run it in a chroot.
set -euo pipefail
pack=${PACK_BIN:?the pack to show}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/bundle

# show prints a command as one would type it, then runs it.
show() {
	local word line='$'
	for word; do
		[[ $word =~ ^[A-Za-z0-9_./=-]+$ ]] || word=${word@Q}
		line+=" $word"
	done
	printf '\n%s\n' "$line"
	"$@"
}

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
