# Every target installs what it lacks; `make help` lists them.
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

VERSION ?= $(shell sh test/lib/version.sh)
LDFLAGS := -s -w -X main.version=$(VERSION)
ARCHES  := amd64 arm64
DIST    ?= dist
REGISTRY ?=
IMAGES  ?=
FUZZTIME ?= 30s
GO      ?= go
SUITE_TIMEOUT ?= 60m

# The product never uses cgo: it must run in an image that holds nothing else.
BUILD := CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)'

# The order of prerequisites is meant: packages first, then what needs them.
.NOTPARALLEL:

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## install the Debian packages that the tests need (quick when nothing is missing)
	@bash test/setup.sh all

.PHONY: launchers
launchers: ## the launchers of portable files and their source, which pack embeds
	@cd pkg/launchers && $(GO) run ./generate

.PHONY: build
build: launchers ## bin/pack for this machine
	@mkdir -p bin
	$(BUILD) -o bin/pack ./cmd/pack

.PHONY: build-all
build-all: launchers ## dist/pack-linux-{amd64,arm64}, each proved to be static
	@mkdir -p $(DIST)
	@for arch in $(ARCHES); do \
	  echo "GOARCH=$$arch $(BUILD) -o $(DIST)/pack-linux-$$arch ./cmd/pack"; \
	  GOOS=linux GOARCH=$$arch $(BUILD) -o $(DIST)/pack-linux-$$arch ./cmd/pack; \
	done
	@PACK_DIST='$(abspath $(DIST))' $(GO) test -count=1 ./test/static

.PHONY: image
image: build-all ## the tool's own image, pack:latest: /pack on scratch
	@bash test/setup.sh docker
	DOCKER_BUILDKIT=0 docker build -q -t pack --build-arg TARGETARCH=$$($(GO) env GOARCH) .

.PHONY: images
images: image ## pack/debian, pack/cc, ...: a language's image with pack in it (REGISTRY=, IMAGES=)
	@REGISTRY='$(REGISTRY)' VERSION='$(VERSION)' IMAGES='$(IMAGES)' bash images/build.sh

.PHONY: push
push: image ## build them and push them to REGISTRY, with buildx for every platform
	@REGISTRY='$(REGISTRY)' VERSION='$(VERSION)' IMAGES='$(IMAGES)' bash images/build.sh --push

# Times in a release are those of the commit, so that it can be made again.
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null),0)
OWN   = $(DIST)/pack-linux-$(shell $(GO) env GOARCH)

.PHONY: man
man: build-all ## dist/share/man: the manual pages
	@rm -rf $(DIST)/share/man && mkdir -p $(DIST)/share/man/man1
	@SOURCE_DATE_EPOCH=$(EPOCH) $(OWN) man-pages $(DIST)/share/man/man1

.PHONY: completions
completions: build-all ## dist/share: the completions of bash, zsh and fish
	@cd $(DIST) && mkdir -p share/bash-completion/completions share/zsh/site-functions share/fish/vendor_completions.d
	@$(OWN) completion bash >$(DIST)/share/bash-completion/completions/pack
	@$(OWN) completion zsh >$(DIST)/share/zsh/site-functions/_pack
	@$(OWN) completion fish >$(DIST)/share/fish/vendor_completions.d/pack.fish

.PHONY: release
release: man completions ## dist/release: static binaries, man pages and completions, SHA256SUMS
	@rm -rf $(DIST)/release && mkdir -p $(DIST)/release
	@cp $(ARCHES:%=$(DIST)/pack-linux-%) $(DIST)/release
	@tar -C $(DIST) --sort=name --mtime=@$(EPOCH) --owner=0 --group=0 --numeric-owner --mode=a+rX,u+w,go-w -cf - share | gzip -n9 >$(DIST)/release/pack-share.tar.gz
	@cd $(DIST)/release && sha256sum -- * >SHA256SUMS && cat SHA256SUMS

.PHONY: test
test: setup build build-all lint test-quick test-sample ## everything a change must pass: lint, all quick tests, a sample of every slow suite

.PHONY: test-quick
test-quick: ## go test -race over everything, slow suites left out
	CGO_ENABLED=1 $(GO) test -race ./pkg/... ./cmd/...
	CGO_ENABLED=1 $(GO) test -race -count=1 ./test/...

.PHONY: test-sample
test-sample: build ## a sample of every slow suite (oracle, programs, traced, docker, README)
	PACK_SUITE=sample PACK_BIN='$(CURDIR)/bin/pack' $(GO) test -count=1 -timeout $(SUITE_TIMEOUT) ./test/... ./pkg/trace

.PHONY: test-all
test-all: setup build build-all lint test-quick ## as test, with the slow suites in full
	PACK_SUITE=all PACK_BIN='$(CURDIR)/bin/pack' $(GO) test -count=1 -timeout $(SUITE_TIMEOUT) ./test/... ./pkg/trace ./pkg/portable ./pkg/pipeline

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, govulncheck, shellcheck
	@bash test/lint.sh

.PHONY: cross
cross: ## compile for the platforms that no test runs on
	@for target in linux/arm64 linux/386 linux/riscv64 linux/s390x; do \
	  echo "$$target"; \
	  CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) build -o /dev/null ./cmd/pack; \
	  CGO_ENABLED=0 GOOS=$${target%/*} GOARCH=$${target#*/} $(GO) vet ./pkg/...; \
	done

.PHONY: bench
bench: build ## time and memory beside cp, libtree, strace, tar | zstd, bwrap, makeself, umoci and (MAGICPAK=path, POCO=path) magicpak, poCo
	@bash test/setup.sh bench
	LIBTREE="$${LIBTREE:-$$(command -v libtree || true)}" $(GO) run ./test/bench -pack bin/pack
	$(GO) run ./test/bench/trace
	$(GO) run ./test/bench/portable -pack bin/pack
	@bash test/setup.sh roots
	$(GO) run ./test/bench/images -pack bin/pack

.PHONY: sizes
sizes: build ## the README's table of what the rules cost, in a fresh Debian 12
	@bash test/setup.sh roots programs
	@PACK_BIN='$(CURDIR)/bin/pack' bash test/sizes.sh --update

.PHONY: examples
examples: build ## build and run every example with docker, and write their sizes into the READMEs
	@bash test/setup.sh roots docker
	PACK_SUITE=all PACK_BIN='$(CURDIR)/bin/pack' $(GO) test -count=1 -timeout $(SUITE_TIMEOUT) ./test/examples -update

.PHONY: survey
survey: setup build ## every executable of /usr/bin and /usr/sbin from its bundle, with rules and without
	nice $(GO) run ./test/survey -pack bin/pack -state dist/survey -explain -report dist/survey.md
	nice $(GO) run ./test/survey -pack bin/pack -state dist/survey -flags '--without all' -report dist/survey-without.md
	@sed -n 1,20p dist/survey.md; sed -n 1,8p dist/survey-without.md

.PHONY: demo
demo: ## bundle clang-format, test it, say how large it is, run it in a chroot
	@bash test/setup.sh demo
	@$(MAKE) --no-print-directory build
	@PACK_BIN='$(CURDIR)/bin/pack' bash test/demo.sh

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (default 30s)
	@GO='$(GO)' bash test/fuzz.sh $(FUZZTIME)

.PHONY: clean
clean: ## remove what launchers, build and build-all made
	rm -rf bin dist pkg/launchers/built/*.zst
