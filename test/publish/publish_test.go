// Package publish tests what is published beside the source: the release, the
// images with pack on board, and what GitHub runs of this repository elsewhere.
package publish

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "write what came into the expectations")

// root is the repository.
const root = "../.."

func TestMain(m *testing.M) {
	flag.Parse()
	status := m.Run()
	if built != "" {
		os.RemoveAll(filepath.Dir(built))
	}
	os.Exit(status)
}

// built is the program that packProgram has made.
var built string

var packProgram = sync.OnceValues(func() (string, error) {
	if given := os.Getenv("PACK_BIN"); given != "" {
		return given, nil
	}
	dir, err := os.MkdirTemp("", "pack-publish-")
	if err != nil {
		return "", err
	}
	built = filepath.Join(dir, "pack")
	for _, step := range [][]string{
		{"go", "generate", "./pkg/launchers"},
		{"go", "build", "-o", built, "./cmd/pack"},
	} {
		cmd := exec.Command(step[0], step[1:]...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("cannot build pack: %w\n%s", err, out)
		}
	}
	return built, nil
})

// needPack is the program under test.
func needPack(t *testing.T) string {
	t.Helper()
	name, err := packProgram()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

// output runs a command in the repository and returns what it prints.
func output(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, stderr.String())
	}
	return string(out)
}

// needSuite skips what takes longer than a few seconds unless it is asked for.
func needSuite(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip(why + ": set PACK_SUITE=sample")
	}
}
