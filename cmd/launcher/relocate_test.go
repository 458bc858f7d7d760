package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/relink"
)

var when = time.Unix(1_600_000_000, 123456789)

// unpacked makes a tree with a program, and returns it with what it holds.
func unpacked(t *testing.T) (root *os.File, program []byte) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc")
	}
	dir := t.TempDir()
	must(t, os.Mkdir(dir+"/bin", 0o755))
	must(t, os.WriteFile(dir+"/main.c", []byte("int main(void) { return 7; }"), 0o644))
	if out, err := exec.Command("gcc", "-o", dir+"/bin/app", dir+"/main.c").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	must(t, os.Chmod(dir+"/bin/app", 0o555))
	must(t, os.Chtimes(dir+"/bin/app", when, when))
	program, err := os.ReadFile(dir + "/bin/app")
	must(t, err)
	root, err = os.Open(dir)
	must(t, err)
	t.Cleanup(func() { root.Close() })
	return root, program
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func interpreter(t *testing.T, data []byte) string {
	t.Helper()
	name, err := relink.Interpreter(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	return name
}

// TestRelocate: a program is started by the loader of where its tree will be,
// and is otherwise the same file.
func TestRelocate(t *testing.T) {
	root, program := unpacked(t)
	app := root.Name() + "/bin/app"
	c := &portable.Config{Interps: []string{"/bin/app"}}
	must(t, relocate(t.Context(), root, "/where/it/will/be", c))
	moved, err := os.ReadFile(app)
	must(t, err)
	if got, want := interpreter(t, moved), "/where/it/will/be"+interpreter(t, program); got != want {
		t.Errorf("its loader is %s, want %s", got, want)
	}
	if fi, err := os.Stat(app); err != nil || fi.Mode() != 0o555 || !fi.ModTime().Equal(when) {
		t.Errorf("mode %v, time %v, %v", fi.Mode(), fi.ModTime(), err)
	}

	// It runs where the path leads to the machine's own loader.
	must(t, os.WriteFile(app+"2", program, 0o755))
	c.Interps = []string{"/bin/app2"}
	must(t, relocate(t.Context(), root, root.Name()+"/system", c))
	must(t, os.Symlink("/", root.Name()+"/system"))
	var exit *exec.ExitError
	if err := exec.Command(app + "2").Run(); !errors.As(err, &exit) || exit.ExitCode() != 7 {
		t.Errorf("it ends with %v", err)
	}
}

// TestOriginal: what relocate changed is compared as it was; anything else that
// changed is a difference.
func TestOriginal(t *testing.T) {
	root, program := unpacked(t)
	c := &portable.Config{Interps: []string{"/bin/app"}}
	must(t, relocate(t.Context(), root, "/store", c))
	moved, err := os.ReadFile(root.Name() + "/bin/app")
	must(t, err)
	for _, c := range []struct {
		name, store, path string
		change            func(data []byte) []byte
		same              bool
	}{
		{"as it was left", "/store", "/bin/app", func(b []byte) []byte { return b }, true},
		{"another store", "/other", "/bin/app", func(b []byte) []byte { return b }, false},
		{"none of the programs", "/store", "/bin/else", func(b []byte) []byte { return b }, false},
		{"another loader", "/store", "/bin/app", func(b []byte) []byte { b[len(program)+1] = 'x'; return b }, false},
		{"more at its end", "/store", "/bin/app", func(b []byte) []byte { return append(b, 'x') }, false},
		{"less at its end", "/store", "/bin/app", func(b []byte) []byte { return b[:len(b)-1] }, false},
		{"another byte", "/store", "/bin/app", func(b []byte) []byte { b[len(program)/2] ^= 1; return b }, false},
		{"not moved", "/store", "/bin/app", func([]byte) []byte { return program }, false},
		{"no program at all", "/store", "/bin/app", func([]byte) []byte { return []byte("text") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := filepath.Join(t.TempDir(), "file")
			must(t, os.WriteFile(name, c.change(bytes.Clone(moved)), 0o644))
			f, err := os.Open(name)
			must(t, err)
			defer f.Close()
			fi, err := f.Stat()
			must(t, err)
			entry := portable.Entry{Path: c.path, Size: int64(len(program))}
			r, size, err := original(c.store, &portable.Config{Interps: []string{"/bin/app"}})(entry, f, fi.Size())
			must(t, err)
			got, err := io.ReadAll(io.NewSectionReader(r, 0, size))
			must(t, err)
			if same := bytes.Equal(got, program); same != c.same {
				t.Errorf("the same: %v, %d bytes of %d", same, len(got), len(program))
			}
		})
	}
}

// TestRelocateHostile: no link leads out of the tree, and what is no program is
// an error.
func TestRelocateHostile(t *testing.T) {
	root, program := unpacked(t)
	outside := filepath.Join(t.TempDir(), "outside")
	must(t, os.WriteFile(outside, program, 0o755))
	must(t, os.Symlink(outside, root.Name()+"/bin/link"))
	must(t, os.Symlink(filepath.Dir(outside), root.Name()+"/dir"))
	must(t, os.WriteFile(root.Name()+"/bin/text", []byte("text"), 0o755))
	for _, name := range []string{"/bin/link", "/dir/outside", "/../outside", "/bin/text", "/bin/none", "/bin"} {
		if err := relocate(t.Context(), root, "/store", &portable.Config{Interps: []string{name}}); err == nil {
			t.Errorf("%s: changed", name)
		}
	}
	if data, err := os.ReadFile(outside); err != nil || !bytes.Equal(data, program) {
		t.Errorf("a file outside was changed (%v)", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := relocate(ctx, root, "/store", &portable.Config{Interps: []string{"/bin/app"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
