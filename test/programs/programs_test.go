// Package programs bundles real programs with no flag and runs each from its
// bundle alone, in a chroot.
package programs

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// programs are run as their users would, with what needs no data files: those
// are another suite's. want is contained in what the program prints.
var programs = []struct {
	path  string
	args  []string
	stdin string
	want  string
	flags []string
}{
	{path: "/usr/bin/clang-format", stdin: "int main(  ){ }", want: "int main() {}"},
	{path: "/usr/bin/patchelf", args: []string{"--print-needed", "/usr/bin/patchelf"}, want: "libc.so.6"},
	{path: "/usr/bin/git", args: []string{"hash-object", "--stdin"}, stdin: "hello\n", want: "ce013625030ba8dba906f756967f9e9ca394464a"},
	{path: "/usr/bin/curl", args: []string{"-s", "file:///hello"}, want: "hello from a file"},
	{path: "/usr/bin/python3", args: []string{"-S", "-c", "import sys; print(sum(map(int, sys.argv[1:])))", "20", "22"}, want: "42", flags: []string{"-i", "/usr/lib/python3.11"}},
	{path: "/usr/bin/sqlite3", args: []string{":memory:", "select 6*7, sqlite_version() > '3'"}, want: "42|1"},
	{path: "/usr/bin/perl", args: []string{"-e", `print join("-", map { $_ * 2 } 1..3)`}, want: "2-4-6"},
	{path: "/usr/bin/ffmpeg", args: []string{"-hide_banner", "-f", "lavfi", "-i", "testsrc=d=0.2", "-f", "md5", "-"}, want: "MD5="},
	{path: "/usr/bin/openssl", args: []string{"dgst", "-sha256"}, stdin: "abc", want: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
	{path: "/usr/bin/bash", args: []string{"-c", "for i in 1 2 3; do printf %s $i; done"}, want: "123"},
	{path: "/usr/bin/tar", args: []string{"--version"}, want: "GNU tar"},
	{path: "/usr/bin/xz", args: []string{"--robot", "--version"}, want: "LIBLZMA_VERSION="},
	{path: "/usr/bin/busybox", args: []string{"expr", "6", "*", "7"}, want: "42"},
}

func TestPrograms(t *testing.T) {
	if os.Getenv("PACK_SUITE") == "" {
		t.Skip("slow: set PACK_SUITE=sample or all")
	}
	if os.Getuid() != 0 {
		t.Skip("chroot needs root")
	}
	pack := os.Getenv("PACK_BIN")
	if pack == "" {
		t.Skip("PACK_BIN does not name the pack to test")
	}
	for _, p := range programs {
		t.Run(filepath.Base(p.path), func(t *testing.T) {
			if _, err := os.Stat(p.path); err != nil {
				t.Fatalf("%v: install the packages of test/setup.sh", err)
			}
			bundle := filepath.Join(t.TempDir(), "bundle")
			out, err := exec.Command(pack, append([]string{p.path, bundle}, p.flags...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("pack %s: %v: %s", p.path, err, out)
			}
			for line := range strings.Lines(string(out)) {
				if !strings.Contains(line, ": add --with ") {
					t.Errorf("pack %s says more than how to get what is left out: %s", p.path, line)
				}
			}
			furnish(t, bundle)
			got := chroot(t, bundle, p.stdin, p.path, p.args...)
			if !strings.Contains(got, p.want) {
				t.Errorf("%s %q printed %q, without %q", p.path, p.args, got, p.want)
			}
		})
	}
}

// furnish adds what every container has, and a file to read.
func furnish(t *testing.T, bundle string) {
	t.Helper()
	dev := filepath.Join(bundle, "dev")
	if err := os.MkdirAll(dev, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := unix.Mknod(filepath.Join(dev, "null"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(bundle, "hello"), []byte("hello from a file\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func chroot(t *testing.T, bundle, stdin, path string, args ...string) string {
	t.Helper()
	cmd := &exec.Cmd{
		Path: path, Args: append([]string{path}, args...), Dir: "/",
		Env:         []string{"PATH=/usr/bin:/bin", "HOME=/"},
		Stdin:       strings.NewReader(stdin),
		SysProcAttr: &syscall.SysProcAttr{Chroot: bundle},
	}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q in the bundle: %v\n%s", path, args, err, errs.String())
	}
	return out.String()
}
