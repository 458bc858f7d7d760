package ldso

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// cacheRoot is a root file system that holds a loader, libc and what a test
// adds. The loader that runs in it is the machine's.
type cacheRoot struct {
	t     *testing.T
	dir   string
	mflag string // -m64 or -m32
	flags int32
	cache Cache
}

func newCacheRoot(t *testing.T, mflag string) *cacheRoot {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root for chroot")
	}
	r := &cacheRoot{t: t, dir: t.TempDir(), mflag: mflag, cache: Cache{Order: binary.LittleEndian}}
	probe := r.source("probe.c", "int main(void) { return 0; }")
	exe := filepath.Join(t.TempDir(), "probe")
	if out, err := exec.Command("gcc", mflag, "-o", exe, probe).CombinedOutput(); err != nil {
		t.Skipf("needs gcc that can link with %s: %v\n%.200s", mflag, err, out)
	}
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name, err := f.Section(".interp").Data()
	if err != nil {
		t.Fatal(err)
	}
	loader := strings.TrimRight(string(name), "\x00")
	r.install(loader, loader)
	libc, err := exec.Command("gcc", mflag, "-print-file-name=libc.so.6").Output()
	if err != nil {
		t.Fatal(err)
	}
	// Only the cache leads to libc too.
	r.install(strings.TrimSpace(string(libc)), "/somewhere/libc.so.6")
	r.flags, _ = CacheFlags(f.Class, f.Data, f.Machine, 0)
	r.add("libc.so.6", "/somewhere/libc.so.6", "")
	return r
}

func (r *cacheRoot) source(name, text string) string {
	r.t.Helper()
	file := filepath.Join(r.t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
	return file
}

// path makes the directory of name in the root and returns name's real path.
func (r *cacheRoot) path(name string) string {
	r.t.Helper()
	real := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(real), 0o755); err != nil {
		r.t.Fatal(err)
	}
	return real
}

func (r *cacheRoot) install(from, name string) {
	r.t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(r.path(name), data, 0o755); err != nil {
		r.t.Fatal(err)
	}
}

func (r *cacheRoot) add(name, path, hwcaps string) {
	r.cache.Entries = append(r.cache.Entries, CacheEntry{Name: name, Path: path, Flags: r.flags, HwcapName: hwcaps})
}

// library builds a library at path whose function symbol returns value.
func (r *cacheRoot) library(soname, path, hwcaps, symbol string, value int) {
	r.t.Helper()
	src := r.source("lib.c", fmt.Sprintf("int %s(void) { return %d; }", symbol, value))
	r.gcc("-shared", "-fPIC", "-nostdlib", "-Wl,-soname,"+soname, "-o", r.path(path), src)
	r.add(soname, path, hwcaps)
}

func (r *cacheRoot) gcc(args ...string) {
	r.t.Helper()
	if out, err := exec.Command("gcc", append([]string{r.mflag}, args...)...).CombinedOutput(); err != nil {
		r.t.Fatalf("gcc %v: %v\n%s", args, err, out)
	}
}

// run writes the cache and runs /exe in the root.
func (r *cacheRoot) run() string {
	r.t.Helper()
	if err := os.WriteFile(r.path("/etc/ld.so.cache"), r.cache.Encode(), 0o644); err != nil {
		r.t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: "/exe", Args: []string{"/exe"}, Dir: "/", Env: []string{}}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.dir}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Errorf("the program fails: %v", err)
	}
	return string(out)
}

func TestLoaderFindsLibrariesByOurCache(t *testing.T) {
	sonames := []string{
		"libfoo.so.9", "libfoo.so.10", "libfoo.so.11.2", "libfoo.so.11.10", "libfoo10.so", "libfoo9.so",
		"plugin", "x", "lib2to3.so", "weird name.so", "9lives.so", "zz.so.1", "A.so", "\xe9t\xe9.so", "été.so",
	}
	for _, mflag := range []string{"-m64", "-m32"} {
		t.Run(mflag, func(t *testing.T) {
			r := newCacheRoot(t, mflag)
			var declare, call strings.Builder
			args := []string{"-o", r.path("/exe"), ""}
			for i, soname := range sonames {
				path := fmt.Sprintf("/weird/dir%d/%s", i%3, soname)
				r.library(soname, path, "", fmt.Sprintf("f%d", i), 100+i)
				fmt.Fprintf(&declare, "int f%d(void);\n", i)
				fmt.Fprintf(&call, "printf(\"%%d \", f%d());\n", i)
				args = append(args, r.path(path))
			}
			for i := range 500 {
				r.add(fmt.Sprintf("libfill%d.so.%d", i%50, i), "/nowhere", "")
			}
			args[2] = r.source("exe.c", "#include <stdio.h>\n"+declare.String()+"int main(void) {\n"+call.String()+"return 0; }")
			r.gcc(args...)
			want := ""
			for i := range sonames {
				want += fmt.Sprintf("%d ", 100+i)
			}
			if got := r.run(); got != want {
				t.Errorf("the program prints %q, want %q", got, want)
			}
		})
	}
}

func TestLoaderFindsHwcapsByOurCache(t *testing.T) {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil || !strings.Contains(string(info), " sse4_2 ") {
		t.Skip("needs an x86-64-v2 CPU")
	}
	r := newCacheRoot(t, "-m64")
	r.library("libh.so.1", "/weird/libh.so.1", "", "level", 1)
	r.gcc("-o", r.path("/exe"), r.source("exe.c", "#include <stdio.h>\nint level(void);\nint main(void) { printf(\"%d\", level()); return 0; }"), r.path("/weird/libh.so.1"))
	if got := r.run(); got != "1" {
		t.Errorf("with the plain library alone: %q", got)
	}
	r.library("libh.so.1", "/weird/glibc-hwcaps/x86-64-v9/libh.so.1", "x86-64-v9", "level", 9)
	r.library("libh.so.1", "/weird/glibc-hwcaps/a/libh.so.1", "a", "level", 8)
	if got := r.run(); got != "1" {
		t.Errorf("with unknown levels beside it: %q, want 1", got)
	}
	r.library("libh.so.1", "/weird/glibc-hwcaps/x86-64-v2/libh.so.1", "x86-64-v2", "level", 2)
	if got := r.run(); got != "2" {
		t.Errorf("with x86-64-v2 beside it: %q, want 2", got)
	}
}
