//go:build linux

package closure_test

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

var update = flag.Bool("update", false, "rewrite testdata/rules/*/want.txt")

// TestRules builds every directory of testdata/rules, one for each rule of a
// loader, resolves its program, and compares both with want.txt and with what
// the machine's own loader does.
//
// A build.sh begins with a sentence on the rule and "#name value" lines:
//
//	main             the program to resolve, below OUT
//	LD_LIBRARY_PATH  for the search, with $OUT
//	cwd              the working directory, with $OUT
//	needs            amd64, legacy (glibc up to 2.36), m32, patchelf, root, i386,
//	                 musl; the last two make CC, INTERP, LIB and DEFAULT those
//	                 of gcc -m32 or musl-gcc
//	oracle           trace (the default), maps (run the program, which prints
//	                 its maps), maps-as-nobody, chroot (trace with OUT as the
//	                 root) or "none: REASON"
//	root             resolve with OUT as the root; so does "oracle chroot"
//	noproc           resolve as without /proc
//	soname-to-rpath  a library whose DT_SONAME is to become its DT_RPATH, as no
//	                 linker writes that beside DT_RUNPATH
//	patch            FILE OLD NEW: bytes in hexadecimal, found once
func TestRules(t *testing.T) {
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("needs gcc")
	}
	scripts, err := filepath.Glob("testdata/rules/*/build.sh")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no rules: %v", err)
	}
	for _, script := range scripts {
		dir := filepath.Dir(script)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			r := newRule(t, dir)
			r.build()
			g := r.resolve()
			r.compare(g)
			r.consult(g)
		})
	}
}

type rule struct {
	t    *testing.T
	dir  string
	out  string // the real path of what build.sh fills
	opts map[string]string
	cc   toolchain
}

// toolchain is a compiler and the loader its programs name.
type toolchain struct {
	cc     []string
	interp string
	sys    *ldso.System
	err    error
}

var toolchains sync.Map

// compiler returns what is known of the compiler cc, having tried it.
func compiler(t *testing.T, cc ...string) toolchain {
	once, _ := toolchains.LoadOrStore(strings.Join(cc, " "), sync.OnceValue(func() toolchain {
		return tryCompiler(t, cc)
	}))
	return once.(func() toolchain)()
}

func tryCompiler(t *testing.T, cc []string) toolchain {
	exe := filepath.Join(t.TempDir(), "probe")
	cmd := exec.Command(cc[0], append(cc[1:], "-o", exe, "testdata/rules/maps.c")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return toolchain{err: fmt.Errorf("needs a working %s: %v %.200s", strings.Join(cc, " "), err, out)}
	}
	o := readObject(t, exe)
	sys, err := ldso.Probe(rootfs.Host(), o.Interp, o)
	if err == nil {
		err = exec.Command(exe).Run()
	}
	return toolchain{cc: cc, interp: o.Interp, sys: sys, err: err}
}

func readObject(t *testing.T, name string) *object.Object {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	o, err := object.Read(f, fi.Size())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

var option = regexp.MustCompile(`(?m)^#([a-zA-Z][-\w]*)(?: +(.*))?$`)

func newRule(t *testing.T, dir string) *rule {
	script, err := os.ReadFile(filepath.Join(dir, "build.sh"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rule{t: t, dir: dir, out: out, opts: map[string]string{"oracle": "trace"}}
	for _, m := range option.FindAllStringSubmatch(string(script), -1) {
		r.opts[m[1]] = strings.ReplaceAll(m[2], "$OUT", out)
	}
	if r.opts["oracle"] == "chroot" {
		r.opts["root"] = "yes"
	}
	r.need(strings.Fields(r.opts["needs"]))
	return r
}

func (r *rule) need(what []string) {
	cc := []string{"gcc"}
	for _, n := range what {
		switch n {
		case "musl":
			cc = []string{"musl-gcc"}
		case "i386":
			cc = []string{"gcc", "-m32"}
		}
	}
	r.cc = compiler(r.t, cc...)
	if r.cc.err != nil {
		r.t.Skip(r.cc.err)
	}
	for _, n := range what {
		switch {
		case n == "amd64" && r.cc.sys.Machine != elf.EM_X86_64:
			r.t.Skip("is about x86-64")
		case n == "legacy" && !r.cc.sys.Legacy:
			r.t.Skip("needs a glibc up to 2.36")
		case n == "m32":
			if m32 := compiler(r.t, "gcc", "-m32"); m32.err != nil {
				r.t.Skip(m32.err)
			}
		case n == "patchelf":
			if _, err := exec.LookPath("patchelf"); err != nil {
				r.t.Skip("needs patchelf")
			}
		case n == "root" && os.Geteuid() != 0:
			r.t.Skip("needs root")
		}
	}
}

func (r *rule) build() {
	r.t.Helper()
	rules, err := filepath.Abs("testdata/rules")
	if err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command("sh", "-eu", filepath.Join(r.dir, "build.sh"))
	cmd.Env = append(os.Environ(), "OUT="+r.out, "RULES="+rules, "STUBS="+r.t.TempDir(),
		"CC="+strings.Join(r.cc.cc, " "), "INTERP="+r.cc.interp, "LIB="+r.cc.sys.Lib)
	if len(r.cc.sys.DefaultDirs) > 0 {
		cmd.Env = append(cmd.Env, "DEFAULT="+r.cc.sys.DefaultDirs[0])
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("cannot build: %v\n%s", err, out)
	}
	if lib := r.opts["soname-to-rpath"]; lib != "" {
		retag(r.t, filepath.Join(r.out, lib), elf.DT_SONAME, elf.DT_RPATH)
	}
	if f := strings.Fields(r.opts["patch"]); len(f) == 3 {
		r.patch(f[0], f[1], f[2])
	}
}

// patch replaces the only occurrence of some bytes of a file.
func (r *rule) patch(file, from, to string) {
	r.t.Helper()
	name := filepath.Join(r.out, file)
	data, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	old, err1 := hex.DecodeString(from)
	repl, err2 := hex.DecodeString(to)
	if err := errors.Join(err1, err2); err != nil {
		r.t.Fatal(err)
	}
	if n := bytes.Count(data, old); n != 1 {
		r.t.Fatalf("%s has %s %d times", file, from, n)
	}
	if err := os.WriteFile(name, bytes.Replace(data, old, repl, 1), 0o755); err != nil {
		r.t.Fatal(err)
	}
}

// retag changes the tag of one entry of a file's dynamic section.
func retag(t *testing.T, name string, from, to elf.DynTag) {
	t.Helper()
	f, err := elf.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for at := f.Section(".dynamic").Offset; ; at += 16 {
		switch tag := elf.DynTag(binary.LittleEndian.Uint64(data[at:])); tag {
		case elf.DT_NULL:
			t.Fatalf("%s has no %s", name, from)
		case from:
			binary.LittleEndian.PutUint64(data[at:], uint64(to))
			if err := os.WriteFile(name, data, 0o755); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// inRoot turns a path on the host into one of the root that is resolved.
func (r *rule) inRoot(name string) string {
	if _, ok := r.opts["root"]; !ok {
		return name
	}
	return "/" + strings.TrimPrefix(strings.TrimPrefix(name, r.out), "/")
}

func (r *rule) main() string { return filepath.Join(r.out, r.opts["main"]) }

func (r *rule) resolve() *closure.Graph {
	r.t.Helper()
	root := rootfs.Host()
	if _, ok := r.opts["root"]; ok {
		root = r.openRoot()
	}
	_, noProc := r.opts["noproc"]
	g, err := closure.New(closure.Options{
		Root: rootfs.Memo(root), LibraryPath: r.opts["LD_LIBRARY_PATH"], Cwd: r.opts["cwd"], NoProc: noProc,
	}).Program(r.inRoot(r.main()))
	if err != nil {
		r.t.Fatal(err)
	}
	return g
}

func (r *rule) openRoot() *rootfs.Dir {
	r.t.Helper()
	d, err := rootfs.OpenDir(r.out)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { d.Close() })
	return d
}

func (r *rule) compare(g *closure.Graph) {
	r.t.Helper()
	got, name := r.text(g), filepath.Join(r.dir, "want.txt")
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			r.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		r.t.Fatal(err)
	}
	if got != string(want) {
		r.t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// text describes a graph. Paths of the machine are left out or replaced: /R is
// the root or directory that build.sh filled.
func (r *rule) text(g *closure.Graph) string {
	var b bytes.Buffer
	for _, n := range g.Objects() {
		if !r.ours(n.Path) || n == g.Interp {
			continue
		}
		fmt.Fprint(&b, n.Path)
		if n.Kind == closure.Variant {
			fmt.Fprintf(&b, " (twin of %s)", n.By.Path)
		}
		if n.Real != n.Path {
			fmt.Fprintf(&b, " (really %s)", n.Real)
		}
		b.WriteByte('\n')
		for _, e := range n.Edges {
			r.edge(&b, g, e)
		}
	}
	for _, p := range g.Problems {
		msg, _, _ := strings.Cut(p.Error(), " (searched ")
		fmt.Fprintf(&b, "error: %s\n", msg)
	}
	for _, w := range g.Warnings {
		w, _, _ = strings.Cut(w, " (searched ")
		fmt.Fprintf(&b, "warning: %s\n", w)
	}
	return r.portable(b.String())
}

func (r *rule) ours(name string) bool {
	_, root := r.opts["root"]
	return root || strings.HasPrefix(name, r.out+"/")
}

func (r *rule) edge(b *bytes.Buffer, g *closure.Graph, e closure.Edge) {
	tried := e.Found.Tried
	switch {
	case e.To == nil:
		fmt.Fprintf(b, "  %s %s => not found\n", e.Kind, e.Name)
		if nf, ok := e.Err.(*ldso.NotFoundError); ok {
			tried = nf.Tried
		}
	case e.To == g.Interp && e.Kind != closure.Interp:
		fmt.Fprintf(b, "  %s %s => the loader [%s]\n", e.Kind, e.Name, e.Found.How)
	case e.Kind == closure.Interp:
		fmt.Fprintf(b, "  %s %s\n", e.Kind, e.Name)
	case !r.ours(e.To.Path):
		fmt.Fprintf(b, "  %s %s => the system's\n", e.Kind, e.Name)
		return
	default:
		fmt.Fprintf(b, "  %s %s => %s [%s]\n", e.Kind, e.Name, e.Found.Path, e.Found)
	}
	for i, try := range tried {
		if r.byMachine(try) {
			if i == 0 || tried[i-1].How != try.How {
				fmt.Fprintf(b, "    not in: the default directories\n")
			}
			continue
		}
		fmt.Fprintf(b, "    not in: %s %s: %s\n", try.How, try.Dir, try.Why)
	}
	for _, v := range e.Found.Variants {
		fmt.Fprintf(b, "    also: %s\n", v)
	}
}

// byMachine tells whether a place is one that differs among machines.
func (r *rule) byMachine(try ldso.Try) bool {
	if _, root := r.opts["root"]; root && r.cc.sys.Flavor == ldso.Musl {
		return false
	}
	return try.How == ldso.ByDefault || try.How == ldso.ByPathFile
}

func (r *rule) portable(text string) string {
	text = strings.ReplaceAll(text, r.out, "/R")
	text = strings.ReplaceAll(text, r.cc.interp, "$INTERP")
	text = strings.ReplaceAll(text, filepath.Base(r.cc.interp), "$LOADER")
	if len(r.cc.sys.Lib) > len("lib") {
		text = strings.ReplaceAll(text, r.cc.sys.Lib, "$LIB")
	}
	return text
}
