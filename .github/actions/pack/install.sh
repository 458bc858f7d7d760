#!/bin/bash
# install.sh: put pack on the PATH of the steps that follow.
#
# PACK_ACTION_BINARY names the file to use; or else the release
# PACK_ACTION_VERSION below PACK_ACTION_RELEASES is downloaded for this machine,
# and used only if its checksum is that of the release's SHA256SUMS.
set -euo pipefail

die() { echo "::error::pack: $*"; exit 1; }

# fetch FILE: get it from the release.
fetch() {
	local from=$PACK_ACTION_RELEASES/download/v${PACK_ACTION_VERSION#v}
	[[ $PACK_ACTION_VERSION != latest ]] || from=$PACK_ACTION_RELEASES/latest/download
	curl --fail --silent --show-error --location --retry 3 --output "$1" "$from/$1" || die "cannot download $from/$1"
}

download() {
	local file
	case $(uname -s)/$(uname -m) in
	Linux/x86_64) file=pack-linux-amd64 ;;
	Linux/aarch64) file=pack-linux-arm64 ;;
	*) die "there is no release for $(uname -s) on $(uname -m)" ;;
	esac
	cd "$dir"
	fetch SHA256SUMS
	fetch "$file"
	grep -E "^[0-9a-f]{64} [ *]$file\$" SHA256SUMS >"$file.sum" || die "SHA256SUMS does not name $file"
	sha256sum --check --quiet "$file.sum" || die "the checksum of $file is not that of the release"
	mv "$file" bin/pack
}

dir=$(mktemp -d "$RUNNER_TEMP/pack.XXXXXX")
mkdir "$dir/bin"
if [[ -n $PACK_ACTION_BINARY ]]; then
	cp -- "$PACK_ACTION_BINARY" "$dir/bin/pack" || die "cannot use $PACK_ACTION_BINARY"
else
	(download)
fi
chmod 755 "$dir/bin/pack"
"$dir/bin/pack" --version
echo "pack=$dir/bin/pack" >>"$GITHUB_OUTPUT"
echo "$dir/bin" >>"$GITHUB_PATH"
