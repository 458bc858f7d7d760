package cli

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sync"
)

// fixtures are programs many scripts use, each a compiler command line. They
// are built when first asked for.
var fixtures = map[string][]string{
	"hello":            {"gcc", "hello.c"},
	"hello-nopie":      {"gcc", "-no-pie", "hello.c"},
	"hello-static":     {"gcc", "-static", "hello.c"},
	"hello-static-pie": {"gcc", "-static-pie", "hello.c"},
	"hello-32":         {"gcc", "-m32", "hello.c"},
	"hello-musl":       {"musl-gcc", "hello.c"},
	"hello-arm64":      {"aarch64-linux-gnu-gcc", "hello.c"},
	"tool":             {"gcc", "tool.c"},
	"tool-static":      {"gcc", "-static", "tool.c"},
}

var built sync.Map // name → func() error

// buildFixture returns the path of a compiled fixture.
func buildFixture(name string) (string, error) {
	argv, ok := fixtures[name]
	if !ok {
		return "", fmt.Errorf("no fixture %s", name)
	}
	out := filepath.Join(scratch, name)
	once, _ := built.LoadOrStore(name, sync.OnceValue(func() error {
		source := filepath.Join("testdata", argv[len(argv)-1])
		args := append(argv[1:len(argv)-1:len(argv)-1], "-O1", "-s", "-o", out, source)
		if text, err := exec.Command(argv[0], args...).CombinedOutput(); err != nil {
			return fmt.Errorf("cannot build %s: %w\n%s", name, err, text)
		}
		return nil
	}))
	return out, once.(func() error)()
}
