# The images that have pack on board, for "docker buildx bake": the language's
# own image with pack, busybox and upx. "make images" and "make push" call it, at
# the top of the repository, where its paths begin.

# REGISTRY goes before the names, with a slash at its end.
variable "REGISTRY" {
  default = ""
}

# VERSION is that of pack.
variable "VERSION" {
  default = "devel"
}

group "default" {
  targets = ["pack", "base"]
}

# The tool's own image, from the files that "make build-all" leaves in dist.
target "pack" {
  context   = "."
  platforms = ["linux/amd64", "linux/arm64"]
  tags      = ["${REGISTRY}pack:latest", "${REGISTRY}pack:${VERSION}"]
}

target "base" {
  matrix = {
    image = ["debian", "cc", "rust", "haskell", "python", "node"]
  }
  name       = image
  context    = "images"
  dockerfile = "${image}/Dockerfile"
  contexts   = { pack = "target:pack" }
  platforms  = ["linux/amd64", "linux/arm64"]
  tags = [
    "${REGISTRY}pack/${image}:latest",
    "${REGISTRY}pack/${image}:pack${VERSION}",
    "${REGISTRY}pack/${image}:bookworm",
    "${REGISTRY}pack/${image}:bookworm-pack${VERSION}",
  ]
}
