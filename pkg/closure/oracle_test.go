//go:build linux

package closure_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// answer is what a loader, or pack, says of a program.
type answer struct {
	paths   []string // real paths of the objects mapped, sorted
	missing []string // names not found, sorted
	refused bool     // the program does not start
}

// consult compares g with what the machine's loader does.
func (r *rule) consult(g *closure.Graph) {
	r.t.Helper()
	kind, reason, _ := strings.Cut(r.opts["oracle"], ": ")
	if kind == "none" {
		if reason == "" {
			r.t.Error("no reason given for having no oracle")
		}
		return
	}
	want, ok := r.ask(kind)
	if !ok {
		return
	}
	if g.Main.Obj.Interp != "" && !want.refused {
		// Trace mode names the interpreter only where something needs it.
		want.paths = append(want.paths, g.Interp.Real)
	}
	want.foldTwins(g)
	want.sort()
	got := r.ourAnswer(g, kind)
	if want.refused {
		if !got.refused {
			r.t.Errorf("the loader refuses the program, pack does not")
		}
		return
	}
	if got.refused != (len(want.missing) > 0) {
		r.t.Errorf("pack refuses the program, the loader does not: %v", g.Problems)
	}
	if !slices.Equal(got.paths, want.paths) {
		r.t.Errorf("pack finds\n%s\nthe loader\n%s", strings.Join(got.paths, "\n"), strings.Join(want.paths, "\n"))
	}
	if !slices.Equal(got.missing, want.missing) {
		r.t.Errorf("pack misses %q, the loader %q", got.missing, want.missing)
	}
}

// ask runs the oracle; false where this machine or user cannot.
func (r *rule) ask(kind string) (answer, bool) {
	cmd := exec.Command(r.main())
	cmd.Env = []string{"LD_LIBRARY_PATH=" + r.opts["LD_LIBRARY_PATH"]}
	cmd.Dir = r.opts["cwd"]
	switch kind {
	case "chroot":
		if os.Geteuid() != 0 {
			r.t.Log("not compared with the loader, as chroot needs root")
			return answer{}, false
		}
		cmd.Path, cmd.Dir = r.inRoot(r.main()), "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: r.out}
	case "maps-as-nobody":
		open(r.t, r.out)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	if strings.HasPrefix(kind, "maps") {
		return r.fromMaps(run(r.t, cmd)), true
	}
	cmd.Env = append(cmd.Env, "LD_TRACE_LOADED_OBJECTS=1")
	if interp := readObject(r.t, r.main()).Interp; interp == "" || r.cc.sys.Flavor == ldso.Musl {
		cmd.Args = []string{r.cc.interp, "--list", cmd.Path}
		if r.cc.sys.Flavor == ldso.Glibc {
			cmd.Args = []string{r.cc.interp, cmd.Path}
		}
		cmd.Path = r.cc.interp
	}
	return r.fromTrace(run(r.t, cmd)), true
}

// open lets other users into dir, which testing makes private.
func open(t *testing.T, dir string) {
	t.Helper()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, cmd *exec.Cmd) (stdout, stderr string, ok bool) {
	t.Helper()
	var out, msg bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &msg
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("cannot ask the loader: %v", err)
	}
	return out.String(), msg.String(), err == nil
}

var (
	tracePath    = regexp.MustCompile(`(?m)^\t(?:.* => )?(\S+) \(0x[0-9a-f]+\)$`)
	traceMissing = regexp.MustCompile(`(?m)^\t(\S+) => not found$`)
	muslMissing  = regexp.MustCompile(`(?m)^Error loading shared library ([^:\n]+): No such file or directory`)
	mapsPath     = regexp.MustCompile(`(?m) (/\S+)$`)
)

func (r *rule) fromTrace(stdout, stderr string, ok bool) answer {
	var a answer
	for _, m := range tracePath.FindAllStringSubmatch(stdout, -1) {
		if !strings.HasPrefix(m[1], "linux-") { // the kernel's own object
			a.paths = append(a.paths, r.real(m[1]))
		}
	}
	for _, m := range append(traceMissing.FindAllStringSubmatch(stdout, -1), muslMissing.FindAllStringSubmatch(stderr, -1)...) {
		a.missing = append(a.missing, m[1])
	}
	a.refused = !ok && len(a.missing) == 0
	if a.refused {
		r.t.Logf("the loader says: %s", stderr)
	}
	a.sort()
	return a
}

func (r *rule) fromMaps(stdout, stderr string, ok bool) answer {
	var a answer
	for _, m := range mapsPath.FindAllStringSubmatch(stdout, -1) {
		if m[1] != r.main() {
			a.paths = append(a.paths, m[1])
		}
	}
	a.refused = !ok
	if a.refused {
		r.t.Logf("the loader says: %s", stderr)
	}
	a.sort()
	return a
}

// real turns a path that the loader printed into a real one of the root.
func (r *rule) real(name string) string {
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.opts["cwd"], name)
	}
	if _, ok := r.opts["root"]; ok {
		_, name, _ = rootfs.Resolve(r.openRoot(), name)
		return name
	}
	if real, err := filepath.EvalSymlinks(name); err == nil {
		return real
	}
	return name
}

// ourAnswer says the same of g.
func (r *rule) ourAnswer(g *closure.Graph, kind string) answer {
	var a answer
	for _, n := range g.Nodes[1:] {
		a.paths = append(a.paths, n.Real)
	}
	for _, p := range g.Problems {
		var nf *ldso.NotFoundError
		if errors.As(p, &nf) && nf.Fatal == "" {
			a.missing = append(a.missing, nf.Name)
		}
	}
	a.refused = len(g.Problems) > 0
	if strings.HasPrefix(kind, "maps") {
		a.missing = nil
	}
	a.sort()
	return a
}

// foldTwins replaces what the loader chose for the machine's processor by the
// baseline file, and leaves out what only such a choice needs.
func (a *answer) foldTwins(g *closure.Graph) {
	for _, v := range g.Variants {
		for i := range a.paths {
			if a.paths[i] == v.Real && v.Kind == closure.Variant {
				a.paths[i] = v.By.Real
			}
		}
		a.paths = slices.DeleteFunc(a.paths, func(p string) bool { return p == v.Real })
	}
}

func (a *answer) sort() {
	slices.Sort(a.paths)
	slices.Sort(a.missing)
	a.paths, a.missing = slices.Compact(a.paths), slices.Compact(a.missing)
}
