#!/bin/bash
# build.sh [--push]: build the images that have pack on board, or push them too.
#
#   REGISTRY  goes before the names: registry.example/team
#   VERSION   is that of pack
#   IMAGES    which of them (default: every directory here)
#
# With buildx it is docker-bake.hcl that is built: pushed for every platform
# there, or else loaded into the engine for this machine's alone. That takes a
# BuildKit with named contexts (0.10, docker 23) and, to push, a builder for
# several platforms (docker buildx create). Without buildx the engine builds, and
# pushes, for this machine's platform. There must be the image "pack" (make
# image), and dist as "make build-all" leaves it.
set -euo pipefail
cd "$(dirname "$0")"

push=
if [[ ${1:-} == --push ]]; then
	push=yes
	[[ -n ${REGISTRY:-} ]] || { echo "build.sh: REGISTRY is empty: say where to push to" >&2; exit 2; }
fi
registry=${REGISTRY:-}
registry=${registry:+${registry%/}/}
version=${VERSION:?is the version of pack}
version=${version//+/-} # a tag has no +
[[ -n ${IMAGES:-} ]] || IMAGES=$(printf '%s\n' */ | tr -d /)
read -rd '' -a images <<<"$IMAGES" || true

with_bake() {
	local -a options=(--push)
	[[ -n $push ]] || options=(--load --set "*.platform=linux/$(go env GOARCH)")
	cd ..
	REGISTRY=$registry VERSION=$version docker buildx bake -f images/docker-bake.hcl "${options[@]}" pack "${images[@]}"
}

# named IMAGE NAME...: tag an image, and push it.
named() {
	local image=$1 name
	shift
	for name; do
		docker tag "$image" "$name"
		[[ -z $push ]] || docker push -q "$name"
	done
}

with_engine() {
	local image name
	[[ -z $push ]] || echo "build.sh: without buildx what is pushed is for this machine's platform alone" >&2
	named pack "${registry}pack:latest" "${registry}pack:$version"
	for image in "${images[@]}"; do
		name=${registry}pack/$image
		docker build -t "$name" -f "$image/Dockerfile" .
		named "$name" "$name:latest" "$name:pack$version" "$name:bookworm" "$name:bookworm-pack$version"
	done
}

if docker buildx version >/dev/null 2>&1; then with_bake; else with_engine; fi
