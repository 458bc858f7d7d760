//go:build linux

package oracle

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// parts is what worlds are linked from.
type parts struct {
	dir    string
	object map[string]string // by emulation of ld
}

var worldNames = []string{"lib0.so", "lib1.so", "lib2.so", "lib3.so", "lib4.so", "libm.so.6", "x.so"}

// strangeNames are DT_NEEDED entries that are not just a name in a directory.
var strangeNames = []string{"/opt/a/lib0.so", "$ORIGIN/lib1.so", "${ORIGIN}/../b/lib2.so", "/opt/link/lib3.so", "/none/lib4.so",
	"libabsent.so", "libpthread.so.0", "libc.so", "libc.musl-x86_64.so.1", "opt/b/lib1.so", "/opt/$LIB/lib0.so"}

// buildParts makes an empty object file for each class, and for each name a
// library to link against, so that DT_NEEDED says that name.
func buildParts(t *testing.T) *parts {
	t.Helper()
	p := &parts{dir: t.TempDir(), object: map[string]string{}}
	source := filepath.Join(p.dir, "empty.c")
	if err := os.WriteFile(source, []byte("void _start(void) {}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for emulation, flag := range map[string]string{"elf_x86_64": "-m64", "elf_i386": "-m32"} {
		p.object[emulation] = filepath.Join(p.dir, emulation+".o")
		if out, err := exec.Command("gcc", flag, "-c", "-fPIC", "-o", p.object[emulation], source).CombinedOutput(); err != nil {
			t.Skipf("needs gcc with %s: %v\n%s", flag, err, out)
		}
		for _, name := range append(strangeNames, worldNames...) {
			if err := p.link(p.stub(emulation, name), emulation, "-shared", "-soname", name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return p
}

func (p *parts) stub(emulation, name string) string {
	return filepath.Join(p.dir, emulation+strings.ReplaceAll(name, "/", "!"))
}

func (p *parts) link(out, emulation string, args ...string) error {
	args = append([]string{"-m", emulation, "-o", out, "--no-as-needed", "--allow-shlib-undefined", p.object[emulation]}, args...)
	if text, err := exec.Command("ld", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("ld %q: %w\n%s", args, err, text)
	}
	return nil
}

// worldKind is a loader and what it takes to make worlds for it.
type worldKind struct {
	*parts
	loader string // path in the world
	file   string // where it is copied from
	musl   bool
}

// world is one random root.
type world struct {
	kind        *worldKind
	rand        *rand.Rand
	oracle      *oracle
	libraryPath string
	subjects    []subject
	files       []string        // regular libraries of the loader's own class
	linked      map[string]bool // files with other names
	story       []string        // how it was made, for the report of a difference
}

func (w *world) String() string { return "  " + strings.Join(w.story, "\n  ") }

func (w *world) tell(format string, args ...any) {
	w.story = append(w.story, fmt.Sprintf(format, args...))
}

func (w *world) host(name string) string { return filepath.Join(w.oracle.root, name) }

func (w *world) chance(percent int) bool { return w.rand.IntN(100) < percent }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

var worldDirs = []string{"/opt/a", "/opt/b", "/opt/a/sub", "/opt/cached", "/opt/lib/x86_64-linux-gnu", "/lib", "/usr/lib", "/usr/local/lib"}

func (k *worldKind) build(dir string, seed uint64) (*world, error) {
	w := &world{kind: k, rand: rand.New(rand.NewPCG(seed, 0)), oracle: &oracle{root: dir}, linked: map[string]bool{}}
	for _, d := range append([]string{"/proc", "/etc", "/opt/bin", path.Dir(k.loader)}, worldDirs...) {
		if err := os.MkdirAll(w.host(d), 0o755); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(k.file)
	if err == nil {
		err = os.WriteFile(w.host(k.loader), text, 0o755)
	}
	if err == nil {
		err = os.Symlink("a", w.host("/opt/link"))
	}
	if err == nil {
		err = os.Symlink("/opt/b", w.host("/opt/abs"))
	}
	if err != nil {
		return nil, err
	}
	for range 6 + w.rand.IntN(10) {
		if err := w.place(); err != nil {
			return nil, err
		}
	}
	if err := w.configure(); err != nil {
		return nil, err
	}
	if err := w.program(); err != nil {
		return nil, err
	}
	return w, mountProc(dir)
}

// remove undoes build, or the disk would hold every world until the end.
func (w *world) remove() {
	unmountProc(w.oracle.root)
	os.RemoveAll(w.oracle.root)
}

// place puts one candidate somewhere: mostly a library, now and then something
// that gets in a search's way.
func (w *world) place() error {
	name := path.Join(pick(w.rand, worldDirs), pick(w.rand, worldNames))
	if exists(w.oracle.root, name) {
		return nil
	}
	switch roll := w.rand.IntN(100); {
	case roll < 10 && len(w.files) > 0:
		target := pick(w.rand, w.files)
		w.linked[target] = true
		if w.chance(50) {
			target, _ = filepath.Rel(path.Dir(name), target)
		}
		w.tell("%s -> %s", name, target)
		return os.Symlink(target, w.host(name))
	case roll < 13 && len(w.files) > 0:
		target := pick(w.rand, w.files)
		w.linked[target] = true
		w.tell("%s is %s", name, target)
		return os.Link(w.host(target), w.host(name))
	case roll < 15:
		w.tell("%s dangles", name)
		return os.Symlink("nowhere", w.host(name))
	case roll < 16:
		w.tell("%s is empty", name)
		return os.WriteFile(w.host(name), nil, 0o644)
	case roll < 17:
		w.tell("%s is text", name)
		return os.WriteFile(w.host(name), []byte(strings.Repeat("GROUP ( libc.so.6 )\n", 60)), 0o644)
	case roll < 18:
		w.tell("%s is a directory", name)
		return os.Mkdir(w.host(name), 0o755)
	case roll < 24:
		return w.library(name, "elf_i386")
	}
	w.files = append(w.files, name)
	return w.library(name, "elf_x86_64")
}

func (w *world) library(name, emulation string) error {
	args := []string{"-shared"}
	switch roll := w.rand.IntN(100); {
	case roll < 60:
		args = append(args, "-soname", path.Base(name))
	case roll < 75:
		args = append(args, "-soname", pick(w.rand, worldNames))
	}
	args = append(args, w.searchPath()...)
	if w.chance(8) {
		args = append(args, "-z", "nodefaultlib")
	}
	w.tell("%s %s %s", name, emulation, strings.Join(args, " "))
	args = append(args, w.needs(emulation, w.rand.IntN(4))...)
	if err := w.kind.link(w.host(name), emulation, args...); err != nil {
		return err
	}
	// A twin for newer processors; with $ORIGIN it would need other files.
	if !w.kind.musl && w.chance(15) && !strings.Contains(strings.Join(args, " "), "ORIGIN") {
		twin := path.Join(path.Dir(name), "glibc-hwcaps", pick(w.rand, []string{"x86-64-v2", "x86-64-v3"}), path.Base(name))
		w.tell("%s likewise", twin)
		if err := os.MkdirAll(path.Dir(w.host(twin)), 0o755); err != nil {
			return err
		}
		return w.kind.link(w.host(twin), emulation, args...)
	}
	return nil
}

func (w *world) needs(emulation string, n int) (args []string) {
	var names []string
	for range n {
		name := pick(w.rand, worldNames)
		if w.chance(8) {
			name = pick(w.rand, strangeNames)
		}
		names = append(names, name)
		args = append(args, w.kind.stub(emulation, name))
	}
	w.tell("    needs %q", names)
	return args
}

var worldElements = []string{"/opt/a", "/opt/b", "/opt/link", "/opt/abs", "/opt/a/sub", "/opt/a/", "/opt/cached", "/none", "/usr/lib",
	"$ORIGIN", "$ORIGIN/../b", "${ORIGIN}/sub", "$ORIGIN/../lib", "/opt/$LIB", "/opt/${LIB}/", "$ORIGINX", "/opt/$X/a", "opt/a", "", "/opt/b/../a", "/opt/abs/../a"}

func (w *world) elements(separator string) string {
	var list []string
	for range 1 + w.rand.IntN(3) {
		list = append(list, pick(w.rand, worldElements))
	}
	return strings.Join(list, separator)
}

func (w *world) searchPath() []string {
	switch roll := w.rand.IntN(100); {
	case roll < 30:
		return []string{"--disable-new-dtags", "-rpath", w.elements(":")}
	case roll < 55:
		return []string{"--enable-new-dtags", "-rpath", w.elements(":")}
	}
	return nil
}

// configure gives some worlds a cache, or musl's path file, and some an
// LD_LIBRARY_PATH.
func (w *world) configure() error {
	if w.chance(40) {
		separator := pick(w.rand, []string{":", ";"})
		if w.kind.musl {
			separator = pick(w.rand, []string{":", "\n"})
		}
		w.libraryPath = w.elements(separator)
		w.tell("LD_LIBRARY_PATH=%q", w.libraryPath)
	}
	if w.kind.musl {
		if w.chance(50) {
			return nil
		}
		text := pick(w.rand, []string{"", "/opt/cached\n/lib", "/usr/lib:/opt/cached:/lib\n", "/opt/cached"})
		w.tell("path file: %q", text)
		return os.WriteFile(w.host("/etc/ld-musl-x86_64.path"), []byte(text), 0o644)
	}
	if w.chance(30) {
		w.tell("no cache")
		return nil
	}
	conf := pick(w.rand, []string{"/opt/cached\n", "/opt/cached\n/opt/b\n", "/opt/link\n"})
	w.tell("ld.so.conf: %q", conf)
	if err := os.WriteFile(w.host("/etc/ld.so.conf"), []byte(conf), 0o644); err != nil {
		return err
	}
	if out, err := exec.Command("/sbin/ldconfig", "-r", w.oracle.root).CombinedOutput(); err != nil {
		return fmt.Errorf("ldconfig: %w\n%s", err, out)
	}
	return nil
}

// program adds the executable, and chooses what to ask about.
func (w *world) program() error {
	name := "/opt/bin/prog"
	args := append([]string{"-pie", "-dynamic-linker", w.kind.loader}, w.searchPath()...)
	if w.chance(8) {
		args = append(args, "-z", "nodefaultlib")
	}
	w.tell("%s %s", name, strings.Join(args, " "))
	args = append(args, w.needs("elf_x86_64", 2+w.rand.IntN(3))...)
	if err := w.kind.link(w.host(name), "elf_x86_64", args...); err != nil {
		return err
	}
	ask := []string{name}
	if len(w.files) > 0 {
		ask = append(ask, pick(w.rand, w.files))
	}
	for _, file := range ask {
		real := realpath(w.oracle.root, file)
		fx, ok := readFacts(w.host(real))
		if !ok {
			continue // replaced meanwhile
		}
		if w.linked[real] {
			continue // the loader does not know its main program by inode
		}
		w.subjects = append(w.subjects, subject{file: real, facts: fx, loader: w.kind.loader, executable: file == name})
	}
	return nil
}
