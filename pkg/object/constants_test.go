package object

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestConstants: a string literal is found without the code where the linker
// keeps them apart, and no part tells of it where it does not.
func TestConstants(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("needs gcc")
	}
	dir := t.TempDir()
	src := filepath.Join(dir, "a.c")
	if err := os.WriteFile(src, []byte(`const char *text(void) { return "a literal of ours"; }`), 0o644); err != nil {
		t.Fatal(err)
	}
	for option, want := range map[string]bool{"-Wl,-z,separate-code": true, "-Wl,-z,noseparate-code": false} {
		out := filepath.Join(dir, "lib.so")
		if msg, err := exec.Command(gcc, "-shared", "-fPIC", option, "-o", out, src).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, msg)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := Constants(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		found := slices.ContainsFunc(parts, func(r Range) bool {
			return bytes.Contains(data[r.Off:r.End], []byte("a literal of ours"))
		})
		if found != want {
			t.Errorf("%s: found %t in %v", option, found, parts)
		}
	}
}

func TestConstantsErrors(t *testing.T) {
	for _, data := range []string{"", "#!/bin/sh\n", "\x7fELF"} {
		if parts, err := Constants(bytes.NewReader([]byte(data)), int64(len(data))); err == nil {
			t.Errorf("%q: %v", data, parts)
		}
	}
}
