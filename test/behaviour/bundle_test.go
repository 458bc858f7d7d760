// Package behaviour bundles programs with no flag and makes them do their work
// from the bundle alone: in a chroot with what every container has, as an
// ordinary user.
package behaviour

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// nobody is who the programs run as.
const nobody = 65534

// searchPath is where names are looked for, on the host and in the bundle.
const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin"

// hosts is the bundle's /etc/hosts, as a container engine would write it.
const hosts = "127.0.0.1 localhost\n127.0.0.1 web.example\n"

// bundle is a program's bundle, furnished.
type bundle struct {
	dir string
	env []string
}

// suite skips a test that is not asked for: the sample is what is quick.
func suite(t *testing.T, sample bool) {
	t.Helper()
	asked := os.Getenv("PACK_SUITE")
	switch {
	case asked == "":
		t.Skip("slow: set PACK_SUITE=sample or all")
	case asked != "all" && !sample:
		t.Skip("not in the sample: set PACK_SUITE=all")
	case os.Getuid() != 0:
		t.Skip("chroot needs root")
	case os.Getenv("PACK_BIN") == "":
		t.Skip("PACK_BIN does not name the pack to test")
	}
}

// pack bundles the programs, with no flag.
func pack(t *testing.T, programs ...string) *bundle {
	t.Helper()
	for _, p := range programs {
		if _, err := os.Stat(p); err != nil {
			t.Fatalf("%v: install the packages of test/setup.sh", err)
		}
	}
	dir := filepath.Join(t.TempDir(), "bundle")
	cmd := exec.Command(os.Getenv("PACK_BIN"), append(programs, dir)...)
	cmd.Env = append(os.Environ(), "PATH="+searchPath)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pack %s: %v\n%s", programs, err, out)
	}
	b := &bundle{dir: dir, env: []string{"PATH=" + searchPath, "HOME=/tmp", "LC_ALL=C.UTF-8"}}
	b.furnish(t)
	return b
}

// furnish adds what every container has.
func (b *bundle) furnish(t *testing.T) {
	t.Helper()
	for name, mode := range map[string]os.FileMode{"dev": 0o755, "proc": 0o555, "tmp": 0o777 | fs.ModeSticky, "etc": 0o755} {
		must(t, os.MkdirAll(b.path(name), 0o755))
		must(t, os.Chmod(b.path(name), mode))
	}
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "random": 8, "urandom": 9} {
		err := unix.Mknod(b.path("dev", name), unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor)))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
		must(t, os.Chmod(b.path("dev", name), 0o666))
	}
	must(t, os.WriteFile(b.path("etc/hosts"), []byte(hosts), 0o644))
	must(t, unix.Mount("proc", b.path("proc"), "proc", 0, ""))
	t.Cleanup(func() {
		if err := unix.Unmount(b.path("proc"), unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

func (b *bundle) path(names ...string) string {
	return filepath.Join(append([]string{b.dir}, names...)...)
}

// write makes a file that the user may read.
func (b *bundle) write(t *testing.T, name string, data []byte) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(b.path(name)), 0o755))
	must(t, os.WriteFile(b.path(name), data, 0o644))
}

func (b *bundle) command(args ...string) *exec.Cmd {
	return &exec.Cmd{
		Path: args[0], Args: args, Dir: "/tmp", Env: b.env,
		SysProcAttr: &syscall.SysProcAttr{Chroot: b.dir, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}},
	}
}

// run runs a program of the bundle and returns what it wrote to both outputs.
// It must succeed.
func (b *bundle) run(t *testing.T, args ...string) string {
	t.Helper()
	return b.feed(t, "", args...)
}

// feed is run with an input.
func (b *bundle) feed(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := b.command(args...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q in the bundle: %v\n%s", args, err, out.String())
	}
	return out.String()
}

func contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("printed %q, without %q", got, w)
		}
	}
}

// open returns a directory below which a bundle's user may read too.
func open(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	return dir
}

// script writes an executable and returns its path.
func script(t *testing.T, name, text string) string {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	must(t, os.WriteFile(name, []byte(text), 0o755))
	return name
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
