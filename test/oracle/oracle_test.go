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
	"regexp"
	"runtime"
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
		t.Errorf("only %d files to compare; install more (test/oracle/setup.sh)", len(subjects))
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

// compare asks both sides about every subject, on all processors, and fails t
// with each difference.
func compare(t *testing.T, o *oracle, subjects []subject, libraryPath string) {
	t.Helper()
	var (
		mu          sync.Mutex
		differences []string
		refused     []string
		missing     int
		workers     sync.WaitGroup
		work        = make(chan subject)
		unable      = make(chan error, 1)
	)
	differ := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		differences = append(differences, fmt.Sprintf(format, args...))
	}
	ours, err := newResolver(o.root, libraryPath)
	if err != nil {
		t.Fatal(err)
	}
	defer ours.close()
	one := func(s subject) {
		want, err := o.ask(s, libraryPath)
		if err != nil {
			differ("%s: the oracle failed: %v", s.file, err)
			return
		}
		for _, d := range diff(s, want, ours.resolve(s.file)) {
			differ("%s: %s", s.file, d)
		}
		mu.Lock()
		defer mu.Unlock()
		missing += len(want.missing)
		if want.refused != "" {
			refused = append(refused, s.file+": "+want.refused)
		}
	}
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			if err := o.enter(); err != nil {
				select {
				case unable <- err:
				default:
				}
				return
			}
			for s := range work {
				one(s)
			}
		})
	}
	go func() { workers.Wait(); close(unable) }()
feed:
	for _, s := range subjects {
		select {
		case work <- s:
		case err, ok := <-unable:
			if ok {
				close(work)
				t.Skip(err)
			}
			break feed
		}
	}
	close(work)
	workers.Wait()

	slices.Sort(differences)
	for _, d := range differences {
		t.Error(d)
	}
	for _, r := range refused {
		t.Log("refused by the loader: ", r)
	}
	t.Logf("%d files compared, %d differences (%d names missing on both sides, %d files refused by both)",
		len(subjects), len(differences), missing, len(refused))
}

// byCPU is a directory of builds for some processors: glibc-hwcaps, and what
// glibc had before (until 2.36).
var byCPU = regexp.MustCompile(`/(glibc-hwcaps/[^/]+|x86_64|haswell|xeon_phi|avx512_1|i[3-6]86|sse2|cmov|aarch64|atomics)/[^/]+$`)

// forAnyCPU replaces what the loader takes for this machine's processor by
// what pack says is the baseline, which is all that its list names.
func forAnyCPU(paths []string, twins map[string]string) []string {
	paths = slices.Clone(paths)
	for i, p := range paths {
		if base, ok := twins[p]; ok && byCPU.MatchString(p) && path.Base(base) == path.Base(p) {
			paths[i] = base
		}
	}
	return paths
}

// diff says in which way pack's answer got is not the loader's want.
func diff(s subject, want, got answer) (differences []string) {
	if want.refused != "" || got.refused != "" {
		if want.refused == "" || got.refused == "" {
			return []string{fmt.Sprintf("the loader refuses it: %q; pack refuses it: %q", want.refused, got.refused)}
		}
		return nil
	}
	want.paths = forAnyCPU(want.paths, got.twins)
	if s.library() && !slices.ContainsFunc(got.paths, isLoader) {
		// Started to list a library, the loader is in memory anyway; glibc
		// 2.41 and musl say so, glibc 2.36 only if something needs it.
		want.paths = slices.DeleteFunc(want.paths, isLoader)
	}
	say := func(what string, a, b []string) {
		var lack []string
		for _, s := range a {
			if !slices.Contains(b, s) {
				lack = append(lack, s)
			}
		}
		if len(lack) > 0 {
			differences = append(differences, what+" "+strings.Join(lack, " "))
		}
	}
	say("only the loader maps", want.paths, got.paths)
	say("only pack lists", got.paths, want.paths)
	say("only the loader misses", want.missing, got.missing)
	say("only pack misses", got.missing, want.missing)
	if len(differences) == 0 && !slices.Equal(libraries(want), libraries(got)) {
		differences = append(differences, fmt.Sprintf("load order: the loader %v, pack %v", libraries(want), libraries(got)))
	}
	return differences
}

// libraries is the load order without the loader itself, which glibc places
// after the first object that needs it and the kernel before all others.
func libraries(a answer) []string { return slices.DeleteFunc(slices.Clone(a.paths), isLoader) }

func isLoader(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "ld-") || base == "ld.so"
}

// compareCommand runs the built command on a few files, to see that what it
// prints is what the package says.
func compareCommand(t *testing.T, o *oracle, subjects []subject) {
	t.Helper()
	pack := buildPack(t)
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
		if got := tidy(strings.Fields(string(out)), s.file); !slices.Equal(got, want.paths) {
			t.Errorf("pack tree --list %s prints %q, want %q", s.file, got, want.paths)
		}
	}
}

var packBinary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "pack-oracle-")
	if err != nil {
		return "", err
	}
	bin := path.Join(dir, "pack")
	cmd := exec.Command("go", "build", "-o", bin, "../../cmd/pack")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build pack: %w\n%s", err, out)
	}
	return bin, nil
})

func buildPack(t *testing.T) string {
	t.Helper()
	bin, err := packBinary()
	if err != nil {
		t.Fatal(err)
	}
	return bin
}

func TestMain(m *testing.M) {
	code := m.Run()
	if bin, err := packBinary(); err == nil && os.Getenv("PACK_SUITE") != "" {
		os.RemoveAll(path.Dir(bin))
	}
	os.Exit(code)
}
