package publish

import (
	"debug/elf"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// releaseFiles are those of a release besides SHA256SUMS, and shared those of
// its pack-share.tar.gz that are always there.
var (
	releaseFiles = []string{"pack-linux-amd64", "pack-linux-arm64", "pack-share.tar.gz"}
	shared       = []string{
		"share/bash-completion/completions/pack", "share/fish/vendor_completions.d/pack.fish",
		"share/man/man1/pack.1", "share/man/man1/pack-bundle.1", "share/zsh/site-functions/_pack",
	}
)

// TestRelease makes a release as its job does, twice, and installs it.
func TestRelease(t *testing.T) {
	needSuite(t, "builds pack four times")
	dist := makeRelease(t)
	if got := names(t, dist); !slices.Equal(got, append([]string{"SHA256SUMS"}, releaseFiles...)) {
		t.Fatalf("the release has %q", got)
	}
	sums := output(t, nil, "sh", "-c", "cd "+dist+" && sha256sum --check SHA256SUMS")
	for _, name := range releaseFiles {
		if !strings.Contains(sums, name+": OK") {
			t.Errorf("SHA256SUMS says nothing of %s: %s", name, sums)
		}
	}
	for name, machine := range map[string]elf.Machine{"pack-linux-amd64": elf.EM_X86_64, "pack-linux-arm64": elf.EM_AARCH64} {
		f, err := elf.Open(filepath.Join(dist, name))
		if err != nil {
			t.Fatal(err)
		}
		if f.Machine != machine {
			t.Errorf("%s is for %v", name, f.Machine)
		}
		f.Close()
	}
	own := filepath.Join(dist, "pack-linux-"+runtime.GOARCH)
	if got := output(t, nil, own, "--version"); got != "pack version 1.2.3\n" {
		t.Errorf("pack --version of the release prints %q", got)
	}
	installs(t, dist)
	again := makeRelease(t)
	for _, name := range append([]string{"SHA256SUMS"}, releaseFiles...) {
		if err := exec.Command("cmp", filepath.Join(dist, name), filepath.Join(again, name)).Run(); err != nil {
			t.Errorf("a second release has another %s: %v", name, err)
		}
	}
}

// makeRelease returns the directory of a new release 1.2.3.
func makeRelease(t *testing.T) string {
	t.Helper()
	dist := t.TempDir()
	output(t, []string{"SOURCE_DATE_EPOCH=981173106"}, "make", "release", "DIST="+dist, "VERSION=1.2.3")
	return filepath.Join(dist, "release")
}

// installs unpacks what belongs below /usr/local/share, and reads it there.
func installs(t *testing.T, dist string) {
	t.Helper()
	prefix := t.TempDir()
	output(t, nil, "tar", "-C", prefix, "-xzf", filepath.Join(dist, "pack-share.tar.gz"))
	for _, name := range shared {
		fi, err := os.Stat(filepath.Join(prefix, name))
		if err != nil {
			t.Error(err)
		} else if fi.Mode() != 0o644 || fi.ModTime().Unix() != 981173106 {
			t.Errorf("%s has the mode %v and is of %v", name, fi.Mode(), fi.ModTime())
		}
	}
	if got := output(t, nil, "head", "-n", "1", filepath.Join(prefix, shared[2])); got != `.TH "PACK" 1 "2001-02-03" "pack 1.2.3" "User Commands"`+"\n" {
		t.Errorf("the manual page begins with %s", got)
	}
	for shell, name := range map[string]string{"bash": shared[0], "fish": shared[1], "zsh": shared[4]} {
		if _, err := exec.LookPath(shell); err != nil {
			t.Logf("no %s to read its completion: make setup", shell)
			continue
		}
		output(t, nil, shell, "-n", filepath.Join(prefix, name))
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
