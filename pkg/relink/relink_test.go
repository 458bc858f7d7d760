package relink_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/5bbb5df2/pack/pkg/relink"
)

// The tree of the tests: an executable in bin, libraries in lib and lib/deep,
// the system's C library and loader beside them.
const (
	mainC = `
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
int first(void);
#ifdef BSS
char bss[BSS];
#endif
int main(void) {
	char line[4096], exe[4096] = "";
	if (readlink("/proc/self/exe", exe, sizeof exe - 1) < 0)
		return 2;
	printf("exe %s\n", exe);
	printf("late %d\n", dlopen("liblate.so", RTLD_NOW) != NULL);
	printf("decoy %d\n", dlopen("libdecoy.so", RTLD_NOW) != NULL);
	FILE *maps = fopen("/proc/self/maps", "r");
	while (maps && fgets(line, sizeof line, maps))
		if (strchr(line, '/'))
			fputs(strchr(line, '/'), stdout);
	return first() == 42 ? 0 : 1;
}`
	firstC  = "int second(void); int first(void) { return second(); }"
	secondC = "int second(void) { return 42; }"
	lateC   = "int late(void) { return 1; }"
)

// run runs a command and returns its output.
func run(t *testing.T, dir string, argv ...string) string {
	t.Helper()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s%s", strings.Join(argv, " "), err, out, stderr.Bytes())
	}
	return string(out)
}

// build makes the tree where its run paths lead to it, with a library that
// must not be found where the tree goes, and returns its directory.
func build(t *testing.T, options ...string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("no gcc")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"main.c": mainC, "first.c": firstC, "second.c": secondC, "late.c": lateC} {
		write(t, filepath.Join(dir, name), []byte(text))
	}
	for _, sub := range []string{"bin", "lib/deep"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	deep := dir + "/lib/deep"
	gcc := func(args ...string) { run(t, dir, append([]string{"gcc"}, args...)...) }
	lib := func(args ...string) { gcc(append(append(args, "-shared", "-fPIC"), onlyLinker(options)...)...) }
	lib("-o", "lib/deep/libsecond.so", "second.c")
	lib("-o", "lib/deep/liblate.so", "late.c")
	lib("-o", "lib/libdecoy.so", "late.c")
	lib("-o", "lib/libfirst.so", "first.c", "-L"+deep, "-lsecond", "-Wl,--enable-new-dtags,-rpath,"+deep)
	gcc(append(options, "-o", "bin/main", "main.c", "-Llib", "-lfirst", "-Wl,-rpath-link,"+deep, "-Wl,--enable-new-dtags,-rpath,"+dir+"/lib")...)
	return dir
}

// onlyLinker leaves out what is meant for the executable alone.
func onlyLinker(options []string) []string {
	return slices.DeleteFunc(slices.Clone(options), func(o string) bool {
		return !strings.HasPrefix(o, "-Wl,") && !strings.HasPrefix(o, "-fuse-ld") && o != "-m32"
	})
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o755); err != nil {
		t.Fatal(err)
	}
}

// change copies a file with a change made to it.
func change(t *testing.T, from, to string, c func(*bytes.Reader, int64) (relink.Change, error)) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	ch, err := c(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatalf("%s: %v", from, err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, to, data)
	f, err := os.OpenFile(to, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := ch.Apply(f); err != nil {
		t.Fatal(err)
	}
	if fi, err := f.Stat(); err != nil || fi.Size() != ch.Size {
		t.Errorf("%s: %d bytes, but the change says %d (%v)", to, fi.Size(), ch.Size, err)
	}
}

func library(r *bytes.Reader, size int64) (relink.Change, error) { return relink.Library(r, size) }

// relocate copies the tree to another place in the way a portable file does.
func relocate(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, name := range []string{"lib/libfirst.so", "lib/deep/libsecond.so", "lib/deep/liblate.so"} {
		change(t, filepath.Join(dir, name), filepath.Join(to, name), library)
	}
	system := map[string]string{}
	for line := range strings.Lines(run(t, dir, "ldd", "bin/main")) {
		for word := range strings.FieldsSeq(line) {
			if strings.HasPrefix(word, "/") && !strings.HasPrefix(word, dir) {
				system[filepath.Base(word)] = word
			}
		}
	}
	loader := ""
	for base, name := range system {
		if strings.HasPrefix(base, "ld-linux") {
			loader = filepath.Join(to, "lib", base)
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			write(t, loader, data)
			continue
		}
		change(t, name, filepath.Join(to, "lib", base), library)
	}
	main, moved := filepath.Join(dir, "bin/main"), filepath.Join(to, "bin/main")
	change(t, main, moved, func(r *bytes.Reader, size int64) (relink.Change, error) {
		return relink.Executable(r, size, []string{"$ORIGIN/../lib", "$ORIGIN/../lib/deep"})
	})
	change(t, moved, moved, func(r *bytes.Reader, size int64) (relink.Change, error) {
		return relink.Interp(r, size, loader)
	})
	return to
}

// A tree that was moved takes its loader and every library from where it is,
// those opened later too, and nothing from where it was or from the system.
func TestMovedTree(t *testing.T) {
	for name, options := range map[string][]string{
		"pie":        nil,
		"not pie":    {"-no-pie"},
		"no room":    {"-Wl,--spare-dynamic-tags=0"},
		"no padding": {"-Wl,-z,noseparate-code"},
		"large bss":  {"-DBSS=400000000"},
		"symbols":    {"-g3", "-rdynamic"},
		"gold":       {"-fuse-ld=gold"},
		"32 bit":     {"-m32"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := build(t, options...)
			to := relocate(t, dir)
			out := run(t, "/", filepath.Join(to, "bin/main"))
			if !strings.HasPrefix(out, "exe "+to+"/bin/main\nlate 1\ndecoy 0\n") {
				t.Errorf("it printed:\n%s", out)
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "/") && !strings.HasPrefix(line, to+"/") {
					t.Errorf("mapped from elsewhere: %s", line)
				}
			}
			for _, lib := range []string{"/bin/main", "/lib/libfirst.so", "/lib/deep/libsecond.so", "/lib/deep/liblate.so", "/lib/libc.so.6"} {
				if !strings.Contains(out, to+lib+"\n") {
					t.Errorf("not mapped: %s", to+lib)
				}
			}
		})
	}
}

// What is no dynamic ELF file is refused, and a static executable has no
// loader to name.
func TestRefuses(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("#!/bin/sh\n"), []byte("\x7fELF"), bytes.Repeat([]byte{0x7f}, 1000)} {
		if _, err := relink.Library(bytes.NewReader(data), int64(len(data))); err == nil {
			t.Errorf("%.20q was taken for a library", data)
		}
	}
	if _, err := relink.Interp(bytes.NewReader(nil), 0, "relative"); err == nil {
		t.Error("a relative loader was taken")
	}
}

// FuzzChange holds that no file makes an edit that lies outside of what the
// change says, overlaps another, or is larger than the file can explain.
func FuzzChange(f *testing.F) {
	for _, name := range []string{"/bin/true", "/bin/sh"} {
		if data, err := os.ReadFile(name); err == nil {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, size := bytes.NewReader(data), int64(len(data))
		check := func(c relink.Change, err error) {
			if err != nil {
				return
			}
			end, sum := int64(0), int64(0)
			for _, e := range c.Edits {
				if e.Off < end {
					t.Fatalf("an edit at %d behind one to %d", e.Off, end)
				}
				end = e.Off + int64(len(e.Data))
				sum += int64(len(e.Data))
			}
			if end > c.Size || c.Size < size || sum > 2*size+1<<16 {
				t.Fatalf("edits of %d bytes to %d of a file of %d that becomes %d", sum, end, size, c.Size)
			}
		}
		check(relink.Library(r, size))
		check(relink.Executable(r, size, []string{"$ORIGIN/../lib"}))
		check(relink.Interp(r, size, "/store/ld.so"))
		check(relink.Loader(r, size))
		if c, err := relink.Restore(r, size, size/2); err == nil {
			buf := make([]byte, 1<<10)
			_, _ = c.Over(r).ReadAt(buf, size/4) // whatever it reads
		}
	})
}

// TestRestore: what Interp did is undone, so that the old file can be read
// through the new one.
func TestRestore(t *testing.T) {
	for name, options := range map[string][]string{"pie": nil, "not pie": {"-no-pie"}, "32 bit": {"-m32"}} {
		t.Run(name, func(t *testing.T) {
			dir := build(t, options...)
			old, err := os.ReadFile(dir + "/bin/main")
			if err != nil {
				t.Fatal(err)
			}
			loader := "/a/store" + strings.Repeat("/deep", 100) + "/ld.so"
			change(t, dir+"/bin/main", dir+"/moved", func(r *bytes.Reader, size int64) (relink.Change, error) { return relink.Interp(r, size, loader) })
			data, err := os.ReadFile(dir + "/moved")
			if err != nil {
				t.Fatal(err)
			}
			moved := bytes.NewReader(data)
			if got, err := relink.Interpreter(moved, moved.Size()); got != loader || err != nil {
				t.Errorf("the loader is %q, %v", got, err)
			}
			back, err := relink.Restore(moved, moved.Size(), int64(len(old)))
			if err != nil {
				t.Fatal(err)
			}
			if back.Size != int64(len(old)) {
				t.Errorf("restored to %d bytes of %d", back.Size, len(old))
			}
			if err := iotest.TestReader(io.NewSectionReader(back.Over(moved), 0, back.Size), old); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNoInterp: a library names no loader, and there is nothing to restore.
func TestNoInterp(t *testing.T) {
	data, err := os.ReadFile(build(t) + "/lib/libfirst.so")
	if err != nil {
		t.Fatal(err)
	}
	r := bytes.NewReader(data)
	if got, err := relink.Interpreter(r, r.Size()); err == nil {
		t.Errorf("it names %q", got)
	}
	if _, err := relink.Restore(r, r.Size(), r.Size()); err == nil {
		t.Error("restored")
	}
	if c, err := relink.Interp(r, r.Size(), "/ld.so"); err != nil || len(c.Edits) > 0 || c.Size != r.Size() {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestLoaderReadsNoCache: the system's loader finds a library by its cache, the
// changed one does not, and preloads nothing for the system.
func TestLoaderReadsNoCache(t *testing.T) {
	dir := relocate(t, build(t))
	loaders, err := filepath.Glob(dir + "/lib/ld-linux*")
	if err != nil || len(loaders) != 1 {
		t.Fatalf("loaders: %q, %v", loaders, err)
	}
	opened := func() string {
		if _, err := exec.LookPath("strace"); err != nil {
			t.Skip("no strace")
		}
		cmd := exec.Command("strace", "-f", "-qq", "-e", "trace=open,openat,access,faccessat", "-o", "/dev/stdout", dir+"/bin/main")
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if text := opened(); !strings.Contains(text, "/etc/ld.so.preload") {
		t.Errorf("before: %s", text)
	}
	change(t, loaders[0], loaders[0], func(r *bytes.Reader, size int64) (relink.Change, error) { return relink.Loader(r, size) })
	if text := opened(); strings.Contains(text, "/etc/") || strings.Contains(text, "\"/lib") || strings.Contains(text, "\"/usr/lib") {
		t.Errorf("after: %s", text)
	}
}

// TestLoaderNames holds which strings are a loader's files.
func TestLoaderNames(t *testing.T) {
	text := "\x00/etc/ld.so.cache\x00Do not use /etc/ld.so.cache\x00/opt/glibc/etc/ld.so.cache\x00/etc/ld.so.cache.new\x00/etc/ld.so.preload\x00"
	want := "\x00\x00etc/ld.so.cache\x00Do not use /etc/ld.so.cache\x00\x00opt/glibc/etc/ld.so.cache\x00/etc/ld.so.cache.new\x00\x00etc/ld.so.preload\x00"
	c, err := relink.Loader(strings.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(io.NewSectionReader(c.Over(strings.NewReader(text)), 0, c.Size)); string(got) != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := relink.Loader(strings.NewReader("/etc/ld.so.preload\x00"), 19); err == nil {
		t.Error("a loader without a cache was taken")
	}
}
