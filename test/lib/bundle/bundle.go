// Package bundle makes bundles for tests and runs programs in them: in a chroot
// with what every container has, as an ordinary user.
package bundle

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

// Nobody is the user and the group that programs run as.
const Nobody = 65534

// SearchPath is where names are looked for, on the host and in the bundle.
const SearchPath = "/usr/local/bin:/usr/bin:/bin:/usr/sbin"

// hosts is the bundle's /etc/hosts, as a container engine would write it.
const hosts = "127.0.0.1 localhost\n127.0.0.1 web.example\n"

// Env is the environment that pack gets, and so what it traces, and what runs
// in the bundle.
func Env() []string { return []string{"PATH=" + SearchPath, "HOME=/tmp", "LC_ALL=C.UTF-8"} }

// Bundle is a program's bundle, furnished.
type Bundle struct{ dir string }

// Suite skips a test that is not asked for, or cannot be made here.
func Suite(t *testing.T) {
	t.Helper()
	switch {
	case os.Getenv("PACK_SUITE") == "":
		t.Skip("slow: set PACK_SUITE=sample or all")
	case os.Getuid() != 0:
		t.Skip("chroot needs root")
	case os.Getenv("PACK_BIN") == "":
		t.Skip("PACK_BIN does not name the pack to test")
	}
}

// Pack runs pack with the arguments and an output, which it furnishes.
func Pack(t *testing.T, args ...string) *Bundle {
	t.Helper()
	return PackAs(t, 0, args...)
}

// PackAs is Pack with the rights of a user.
func PackAs(t *testing.T, user uint32, args ...string) *Bundle {
	t.Helper()
	if _, err := os.Stat(args[0]); err != nil {
		t.Fatalf("%v: install the packages of test/setup.sh", err)
	}
	home := Open(t)
	Must(t, os.Chown(home, int(user), int(user)))
	b := &Bundle{dir: filepath.Join(home, "bundle")}
	cmd := exec.Command(tool(t), append(args, b.dir)...)
	cmd.Env, cmd.Dir = Env(), home
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("pack %q: %v\n%s", args, err, out)
	}
	b.furnish(t)
	return b
}

// tool returns a pack that everybody may execute.
func tool(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(os.Getenv("PACK_BIN"))
	Must(t, err)
	return Script(t, filepath.Join(Open(t), "pack"), string(data))
}

// furnish adds what every container has.
func (b *Bundle) furnish(t *testing.T) {
	t.Helper()
	Must(t, os.Chmod(b.dir, 0o755))
	for name, mode := range map[string]os.FileMode{"dev": 0o755, "proc": 0o555, "tmp": 0o777 | fs.ModeSticky, "etc": 0o755} {
		Must(t, os.MkdirAll(b.Path(name), 0o755))
		Must(t, os.Chmod(b.Path(name), mode))
	}
	for name, minor := range map[string]uint32{"null": 3, "zero": 5, "random": 8, "urandom": 9} {
		err := unix.Mknod(b.Path("dev", name), unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor)))
		if err != nil && !errors.Is(err, fs.ErrExist) {
			t.Fatal(err)
		}
		Must(t, os.Chmod(b.Path("dev", name), 0o666))
	}
	Must(t, os.WriteFile(b.Path("etc/hosts"), []byte(hosts), 0o644))
	Must(t, unix.Mount("proc", b.Path("proc"), "proc", 0, ""))
	t.Cleanup(func() {
		if err := unix.Unmount(b.Path("proc"), unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
}

// Path returns the path outside of what the names lead to in the bundle.
func (b *Bundle) Path(names ...string) string {
	return filepath.Join(append([]string{b.dir}, names...)...)
}

// Write makes a file of the bundle that the user may read.
func (b *Bundle) Write(t *testing.T, name string, data []byte) {
	t.Helper()
	Must(t, os.MkdirAll(filepath.Dir(b.Path(name)), 0o755))
	Must(t, os.WriteFile(b.Path(name), data, 0o644))
}

// Command is a program of the bundle, to be run in it.
func (b *Bundle) Command(args ...string) *exec.Cmd {
	return &exec.Cmd{
		Path: args[0], Args: args, Dir: "/tmp", Env: Env(),
		SysProcAttr: &syscall.SysProcAttr{Chroot: b.dir, Credential: &syscall.Credential{Uid: Nobody, Gid: Nobody}},
	}
}

// Run runs a program of the bundle and returns what it wrote to both outputs.
// It must succeed.
func (b *Bundle) Run(t *testing.T, args ...string) string {
	t.Helper()
	return b.Feed(t, "", args...)
}

// Feed is Run with an input.
func (b *Bundle) Feed(t *testing.T, stdin string, args ...string) string {
	t.Helper()
	cmd := b.Command(args...)
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%q in the bundle: %v\n%s", args, err, out.String())
	}
	return out.String()
}

// Contains fails the test for each text that is not in what was printed.
func Contains(t *testing.T, got string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("printed %q, without %q", got, w)
		}
	}
}

// Open returns a directory below which every user may read.
func Open(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	Must(t, os.Chmod(dir, 0o755))
	Must(t, os.Chmod(filepath.Dir(dir), 0o755))
	return dir
}

// Script writes an executable and returns its path.
func Script(t *testing.T, name, text string) string {
	t.Helper()
	Must(t, os.MkdirAll(filepath.Dir(name), 0o755))
	Must(t, os.WriteFile(name, []byte(text), 0o755))
	return name
}

// Must ends the test on an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
