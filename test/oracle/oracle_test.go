//go:build linux

// Package oracle compares what pack says a loader maps with what the loader
// itself says, for every dynamically linked file of a machine.
//
// The environment variable PACK_SUITE says how much:
//
//	(unset)  nothing: the suite is skipped
//	sample   some files of the machine, and of those roots that exist already
//	all      every file, and every root of roots.sh, made if need be
//
// PACK_ORACLE_DIRS adds directories (separated by ":") to those looked at on
// the machine itself. The suite only reads; it runs nothing but loaders, and
// programs whose loader has been checked to only list what it would map.
package oracle

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// Sizes of a sample. The machine's own files carry most of the variety.
const (
	hostSample = 500
	rootSample = 120
)

func suite(t *testing.T) (all bool) {
	t.Helper()
	switch s := os.Getenv("PACK_SUITE"); s {
	case "":
		t.Skip("PACK_SUITE is not set (sample or all)")
	case "all":
		return true
	case "sample":
	default:
		t.Fatalf("PACK_SUITE=%q: want sample or all", s)
	}
	return false
}

var systemDirs = []string{"/usr", "/opt", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}

// TestHost resolves the files of the running machine.
func TestHost(t *testing.T) {
	all := suite(t)
	o := &oracle{root: "/"}
	dirs := systemDirs
	if extra := os.Getenv("PACK_ORACLE_DIRS"); extra != "" {
		dirs = append(slices.Clone(dirs), strings.Split(extra, ":")...)
	}
	subjects := find(t, o.root, dirs, o.loaders())
	if all && len(subjects) <= 2000 {
		t.Errorf("only %d files to compare; install more (make setup)", len(subjects))
	}
	t.Run("plain", func(t *testing.T) {
		if !all {
			subjects = sample(subjects, hostSample)
		}
		compare(t, o, subjects, "")
	})
	t.Run("library path", func(t *testing.T) {
		compare(t, o, sample(subjects, hostSample), strangePath(subjects))
	})
	t.Run("command", func(t *testing.T) { compareCommand(t, o, sample(subjects, 25)) })
}

// TestRoot resolves the files of other systems' roots, with --root, against
// the loaders in them.
func TestRoot(t *testing.T) {
	all := suite(t)
	if os.Getuid() != 0 {
		t.Skip("needs root: the loaders run in a chroot")
	}
	for _, r := range []struct{ name, emulator string }{
		{name: "bullseye"},
		{name: "trixie"},
		{name: "i386"},
		{name: "arm64", emulator: "/qemu-aarch64-static"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := &oracle{root: root(t, r.name, all), emulator: r.emulator}
			subjects := find(t, o.root, systemDirs, o.loaders())
			if len(subjects) == 0 {
				t.Fatalf("nothing to compare in %s", o.root)
			}
			if !all {
				subjects = sample(subjects, rootSample)
			}
			compare(t, o, subjects, "")
			compareCommand(t, o, sample(subjects, 3))
		})
	}
}

// root returns the directory of a root of roots.sh.
func root(t *testing.T, name string, build bool) string {
	t.Helper()
	args := []string{"roots.sh"}
	if !build {
		args = append(args, "--if-there")
	}
	cmd := exec.Command("bash", append(args, name)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	switch dir := strings.TrimSpace(string(out)); {
	case err != nil:
		t.Skipf("roots.sh cannot make %s (see above): %v", name, err)
	case dir == "":
		t.Skipf("%s has not been made (PACK_SUITE=all or roots.sh makes it)", name)
	default:
		return dir
	}
	return ""
}

// strangePath is an LD_LIBRARY_PATH through the directories that hold most
// libraries, with both separators: files of another class and machine stand
// in the way, and private libraries come before the system's.
func strangePath(subjects []subject) string {
	count := map[string]int{}
	for _, s := range subjects {
		if s.library() {
			count[path.Dir(s.file)]++
		}
	}
	var dirs []string
	for dir := range count {
		if !strings.ContainsAny(dir, ":;$") {
			dirs = append(dirs, dir)
		}
	}
	slices.SortFunc(dirs, func(a, b string) int {
		return cmp.Or(-cmp.Compare(count[a], count[b]), cmp.Compare(a, b))
	})
	dirs = dirs[:min(len(dirs), 30)]
	slices.Reverse(dirs)
	return strings.Join(dirs[:len(dirs)/2], ":") + ";" + strings.Join(dirs[len(dirs)/2:], ":")
}

// compareCommand runs the built command on a few files, to see that what it
// prints is what the package says.
func compareCommand(t *testing.T, o *oracle, subjects []subject) {
	t.Helper()
	pack, err := packBinary()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := newResolver(o.root, "")
	if err != nil {
		t.Fatal(err)
	}
	defer ours.close()
	for _, s := range subjects {
		want := ours.resolve(s.file)
		if want.refused != "" || len(want.missing) > 0 {
			continue
		}
		args := []string{"tree", "--list", "--library-path", ""}
		if o.root != "/" {
			args = append(args, "--root", o.root)
		}
		out, err := exec.Command(pack, append(args, s.file)...).Output()
		if err != nil {
			t.Errorf("pack tree --list %s: %v", s.file, err)
			continue
		}
		if got := tidy(strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), s.file); !slices.Equal(got, want.paths) {
			t.Errorf("pack tree --list %s prints %q, want %q", s.file, got, want.paths)
		}
	}
}

// packBinary builds pack once; its directory is removed by TestMain.
var (
	packDir    string
	packBinary = sync.OnceValues(func() (string, error) {
		var err error
		if packDir, err = os.MkdirTemp("", "pack-oracle-"); err != nil {
			return "", err
		}
		bin := path.Join(packDir, "pack")
		cmd := exec.Command("go", "build", "-o", bin, "../../cmd/pack")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("cannot build pack: %w\n%s", err, out)
		}
		return bin, nil
	})
)

func TestMain(m *testing.M) {
	code := m.Run()
	if packDir != "" {
		os.RemoveAll(packDir)
	}
	os.Exit(code)
}
