package static

import (
	"debug/elf"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// released maps the architectures that pack is released for to the machine
// their files must name.
var released = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

func TestPackIsStatic(t *testing.T) {
	for arch, machine := range released {
		t.Run(arch, func(t *testing.T) {
			name := packFor(t, arch)
			if err := Check(name); err != nil {
				t.Error(err)
			}
			f, err := elf.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if f.Machine != machine {
				t.Errorf("%s is for %v, want %v", name, f.Machine, machine)
			}
		})
	}
}

// packFor returns the file that `make build-all` made (it says where in
// PACK_DIST) or else one built the same way.
func packFor(t *testing.T, arch string) string {
	if dist := os.Getenv("PACK_DIST"); dist != "" {
		return filepath.Join(dist, "pack-linux-"+arch)
	}
	name := filepath.Join(t.TempDir(), "pack")
	run(t, []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + arch},
		"go", "build", "-trimpath", "-o", name, "github.com/5bbb5df2/pack/cmd/pack")
	return name
}

// TestCheck shows that the check can fail: a program that gcc links
// dynamically is refused, a shared library with DT_NEEDED too.
func TestCheck(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc is not installed: make setup")
	}
	dir := t.TempDir()
	source := filepath.Join(dir, "main.c")
	if err := os.WriteFile(source, []byte("#include <stdio.h>\nint main(void) { return puts(\"hi\") < 0; }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		flags   []string
		dynamic bool
	}{
		{"dynamic", []string{"-no-pie"}, true},
		{"pie", []string{"-pie", "-fPIE"}, true},
		{"shared", []string{"-shared", "-fPIC"}, true},
		{"static", []string{"-static"}, false},
		{"static-pie", []string{"-static-pie", "-fPIE"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := filepath.Join(dir, tt.name)
			run(t, nil, "gcc", append(tt.flags, "-o", out, source)...)
			if err := Check(out); errors.Is(err, ErrDynamic) != tt.dynamic {
				t.Errorf("Check = %v, want an error: %v", err, tt.dynamic)
			}
		})
	}
	if err := Check(source); err == nil || errors.Is(err, ErrDynamic) {
		t.Errorf("Check of a text file = %v, want another error", err)
	}
}

func run(t *testing.T, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
}
