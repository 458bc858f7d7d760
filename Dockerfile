# The tool's own image: one static file on nothing, for `COPY --from=pack` and
# `RUN --mount=from=pack`. `make image` builds the file first, then this.
FROM scratch
# BuildKit sets TARGETARCH; the classic builder does not, and a default given
# here would win over BuildKit's value.
ARG TARGETARCH
COPY dist/pack-linux-${TARGETARCH:-amd64} /pack
ENTRYPOINT ["/pack"]
