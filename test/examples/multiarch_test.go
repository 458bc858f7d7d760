package examples

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// multiarch builds the image for this machine, and what is in that for the
// other architecture.
func multiarch(t *testing.T, e example) int64 {
	size := prints("42", "", ":memory:", "select 6 * 7")(t, e)
	t.Run("other", func(t *testing.T) { crossing(t, e) })
	return size
}

// foreign stands for the example's first stage on the other architecture,
// which apt-get could run in only by emulation: its packages, unpacked.
const foreign = `FROM debian:bookworm-slim AS fetch
RUN dpkg --add-architecture ARCH && apt-get update && apt-get install -y --download-only --no-install-recommends sqlite3:ARCH
RUN mkdir -p /root-of/usr/lib && ln -s usr/lib /root-of/lib && \
    for package in /var/cache/apt/archives/*_ARCH.deb; do dpkg-deb --fsys-tarfile $package | tar -C /root-of --keep-directory-symlink -x; done

FROM scratch AS root
COPY --from=fetch /root-of /.
`

// crossing builds the other stages as they are and runs what they make of a
// foreign root.
func crossing(t *testing.T, e example) {
	arch, qemu := "arm64", "qemu-aarch64-static"
	if runtime.GOARCH == "arm64" {
		arch, qemu = "amd64", "qemu-x86_64-static"
	}
	if _, err := exec.LookPath(qemu); err != nil {
		t.Skip(err)
	}
	_, stages, found := strings.Cut(e.dockerfile, "\nFROM --platform=$BUILDPLATFORM")
	if !found {
		t.Fatal("no stage of the example is the builder's own")
	}
	out := t.TempDir()
	dockerfile := strings.ReplaceAll(foreign, "ARCH", arch) + "\nFROM --platform=$BUILDPLATFORM" + stages
	must(t, e.client.BuildText(dockerfile, e.dir, "--output", out))
	got, err := exec.Command(qemu, "-L", out, filepath.Join(out, "usr/bin/sqlite3"), ":memory:", "select 6 * 7").CombinedOutput()
	if err != nil || strings.TrimSpace(string(got)) != "42" {
		t.Errorf("%s: %v: %s", qemu, err, got)
	}
}

// TestBake reads the bake file by the parser that buildx has: one target, for
// both architectures.
func TestBake(t *testing.T) {
	cmd := exec.Command("go", "tool", "-modfile=tools.mod", "hcl2json", "-simplify", "example/multiarch/docker-bake.hcl")
	cmd.Dir, cmd.Stderr = root, os.Stderr
	text, err := cmd.Output()
	must(t, err)
	var bake struct {
		Group  map[string][]struct{ Targets []string }
		Target map[string][]struct {
			Contexts        map[string]string
			Platforms, Tags []string
		}
	}
	must(t, json.Unmarshal(text, &bake))
	for _, name := range bake.Group["default"][0].Targets {
		target := bake.Target[name][0]
		if want := []string{"linux/amd64", "linux/arm64"}; !slices.Equal(target.Platforms, want) {
			t.Errorf("%s is built for %q, want %q", name, target.Platforms, want)
		}
		if want := []string{"${NAME}:latest"}; !slices.Equal(target.Tags, want) {
			t.Errorf("%s is tagged %q, want %q", name, target.Tags, want)
		}
		if want := "docker-image://${PACK}"; target.Contexts["pack"] != want {
			t.Errorf("%s takes pack from %q, want %q", name, target.Contexts["pack"], want)
		}
	}
}
