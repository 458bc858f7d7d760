# docker buildx bake --push: one name, an image for each platform.
variable "NAME" {
  default = "sqlite3"
}

# The image "pack", from where "make push" has put it for all platforms.
variable "PACK" {
  default = "pack"
}

group "default" {
  targets = ["sqlite3"]
}

target "sqlite3" {
  contexts  = { pack = "docker-image://${PACK}" }
  platforms = ["linux/amd64", "linux/arm64"]
  tags      = ["${NAME}:latest"]
}
