// Package images has images go in and out by pack, by Docker, by skopeo and by
// umoci, through files, the engine and real registries, and compares what
// arrives.
package images

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/5bbb5df2/pack/test/lib/engine"
)

// suite skips a test that was not asked for, or cannot be made here.
func suite(t *testing.T, tools ...string) {
	t.Helper()
	switch {
	case os.Getenv("PACK_SUITE") == "":
		t.Skip("slow: set PACK_SUITE=sample or all")
	case os.Getuid() != 0:
		t.Skip("owners and devices need root")
	case os.Getenv("PACK_BIN") == "":
		t.Skip("PACK_BIN does not name the pack to test")
	}
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%v: bash test/setup.sh images", err)
		}
	}
}

// docker is the engine's client, if there is an engine.
func docker(t *testing.T) engine.Client {
	t.Helper()
	engine.Need(t)
	c, err := engine.Find(t.Context(), false)
	if err != nil {
		t.Skip(err)
	}
	return c
}

// run runs a command that must succeed, and returns what it printed.
func run(t *testing.T, args ...string) string {
	t.Helper()
	return must(t, exec.CommandContext(t.Context(), args[0], args[1:]...))
}

func must(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var out, diagnosis strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q: %v\n%s%s", cmd.Args, err, &out, &diagnosis)
	}
	return strings.TrimSpace(out.String())
}

func pack(t *testing.T, args ...string) *exec.Cmd {
	return exec.CommandContext(t.Context(), os.Getenv("PACK_BIN"), args...)
}

// unpacked is the tree that pack makes of an image.
func unpacked(t *testing.T, args ...string) tree {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "root")
	must(t, pack(t, append(append([]string{"unpack"}, args...), dir)...))
	return readTree(t, dir)
}
