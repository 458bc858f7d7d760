package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// HostError is a bundle whose programs would not run on the host's file system
// as they do in their own.
type HostError struct{ Err error }

func (e *HostError) Error() string {
	return "cannot run on the host's file system: " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *HostError) Unwrap() error { return e.Err }

// Hint says what to do about it.
func (e *HostError) Hint() string {
	return "leave out --app-root host and --app-fallback host: a merged or sandbox root needs nothing of this"
}

func notOnHost(format string, args ...any) error { return &HostError{fmt.Errorf(format, args...)} }

// hosted is a tree that works wherever it lies.
type hosted struct {
	plan *plan.Plan
	// interps are the programs whose loader is named by an absolute path, which
	// has to be set where it lies.
	interps []string
	// apart are the files that a program does not find by looking for its
	// libraries: where it names them by a path, that is one of the host.
	apart []string
}

// onHost makes a tree out of one of programs and what their loader maps: one
// that works with the host's file system as the root and none of the host's
// libraries. Anything else in the tree is refused unless it is asked for.
//
// Errors are *[HostError], or that of reading a file.
func onHost(ctx context.Context, p *plan.Plan, entrypoint string, asked bool) (*hosted, error) {
	h := &hosting{plan: p, asked: asked, roles: map[string]role{}, dirs: map[string][]string{}, openings: map[*closure.Graph][]opening{}}
	h.resolver = closure.New(closure.Options{Root: rootfs.Memo(p.FS()), Cwd: "/"})
	if err := h.findPrograms(ctx); err != nil {
		return nil, err
	}
	if err := h.starts(entrypoint); err != nil {
		return nil, err
	}
	for _, g := range h.graphs {
		if err := h.assign(g); err != nil {
			return nil, err
		}
	}
	out, err := h.relinked()
	if err != nil {
		return nil, err
	}
	if err := h.prove(ctx, out); err != nil {
		return nil, err
	}
	done := &hosted{plan: out, apart: h.apart}
	for _, g := range h.graphs {
		done.interps = append(done.interps, g.Main.Real)
	}
	return done, nil
}

// role is what a file is for the programs of a tree.
type role int

const (
	asLibrary role = iota + 1
	asProgram
	asLoader
	asStatic
)

// hosting is a tree on its way to the host.
type hosting struct {
	plan     *plan.Plan
	asked    bool // for what is no program and no library, too
	resolver *closure.Resolver
	graphs   []*closure.Graph    // of the dynamic programs
	roles    map[string]role     // by real path
	dirs     map[string][]string // by program, where its libraries are sought
	openings map[*closure.Graph][]opening
	apart    []string
}

// opening is a library that a program may open when it runs.
type opening struct {
	real   string         // its real path
	name   string         // by which it is opened, with a slash if it is a path
	loaded *closure.Graph // it, and what only it needs
}

// findPrograms sorts the files and resolves the programs.
func (h *hosting) findPrograms(ctx context.Context) error {
	var libraries []string
	for e := range h.plan.All() {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if e.Mode.IsDir() || e.Mode&fs.ModeSymlink != 0 || isLoaderConfig(e) {
			continue
		}
		obj, err := h.elf(e)
		switch {
		case err != nil && h.asked:
			h.apart = append(h.apart, e.Path)
			continue
		case err != nil:
			return err
		}
		switch kind := closure.Classify(obj); {
		case kind == closure.Static:
			h.roles[e.Path] = asStatic
		case kind == closure.Dynamic && obj.Soname == "":
			if err := h.addProgram(e); err != nil {
				return err
			}
		default:
			libraries = append(libraries, e.Path)
		}
	}
	for _, g := range h.graphs {
		for _, n := range g.Objects() {
			h.roles[n.Real] = asLibrary
		}
	}
	for _, g := range h.graphs {
		h.roles[g.Main.Real] = asProgram
		h.roles[g.Interp.Real] = asLoader
	}
	return h.openLibraries(ctx, libraries)
}

// isLoaderConfig tells what only a loader that lies in its own root reads.
func isLoaderConfig(e plan.Entry) bool {
	return e.Path == "/etc/ld.so.cache" || e.Path == "/etc/ld.so.conf" || strings.HasPrefix(e.Path, "/etc/ld.so.conf.d/")
}

func (h *hosting) elf(e plan.Entry) (*object.Object, error) {
	if !e.Mode.IsRegular() {
		return nil, notOnHost("%s is more than programs and their libraries", e.Path)
	}
	obj, err := h.resolver.Read(e.Path)
	switch {
	case errors.Is(err, object.ErrNotELF), errors.Is(err, object.ErrEmpty):
		return nil, notOnHost("%s%s is more than programs and their libraries", e.Path, because(e))
	case err != nil:
		return nil, notOnHost("cannot read %s: %w", e.Path, err)
	case closure.Classify(obj) == closure.NotLoadable:
		return nil, notOnHost("%s is neither program nor library", e.Path)
	}
	return obj, nil
}

// because says why an entry is there, if that is known.
func because(e plan.Entry) string {
	if len(e.Why) == 0 {
		return ""
	}
	return " (" + e.Why[0].String() + ")"
}

func (h *hosting) addProgram(e plan.Entry) error {
	if e.Mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 || e.Xattrs["security.capability"] != nil {
		return notOnHost("%s runs with privileges of its own, for which the loader ignores where it lies", e.Path)
	}
	g, err := h.resolver.Program(e.Path)
	switch {
	case err != nil:
		return notOnHost("cannot resolve %s: %w", e.Path, err)
	case len(g.Problems) > 0:
		return notOnHost("%w", g.Problems[0])
	case g.System.Flavor == ldso.Musl:
		return notOnHost("%s is linked with musl, whose loader cannot be kept from the host's libraries", e.Path)
	}
	h.graphs = append(h.graphs, g)
	return nil
}

// openLibraries finds out who opens the libraries that no program needs.
func (h *hosting) openLibraries(ctx context.Context, names []string) error {
	for _, name := range names {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		if h.roles[name] != 0 {
			continue
		}
		byName := false
		for _, g := range h.graphs {
			if o, ok := h.opening(g, name); ok {
				h.openings[g] = append(h.openings[g], o)
				byName = byName || !strings.Contains(o.name, "/")
			}
		}
		h.roles[name] = asLibrary
		switch {
		case byName:
		case h.asked:
			h.apart = append(h.apart, name)
		default:
			return notOnHost("%s is found by no loader: a program names it by a path, which is one of the host there", name)
		}
	}
	return nil
}

// opening is how the program of g opens the library at a real path: by a bare
// name if that finds it.
func (h *hosting) opening(g *closure.Graph, real string) (opening, bool) {
	obj, err := h.resolver.Read(real)
	if err != nil || obj.Machine != g.Main.Obj.Machine || obj.Class != g.Main.Obj.Class {
		return opening{}, false
	}
	for _, name := range []string{obj.Soname, path.Base(real), real} {
		if name == "" || strings.Contains(name, "/") && name != real {
			continue
		}
		if loaded, to, err := h.resolver.Dlopen(g, nil, name); err == nil && to.Real == real {
			return opening{real, name, loaded}, true
		}
	}
	return opening{}, false
}

// starts makes sure that the entrypoint is a program of the bundle's own.
func (h *hosting) starts(entrypoint string) error {
	_, real, err := rootfs.Resolve(h.plan.FS(), entrypoint)
	if err != nil {
		return openError(entrypoint, err)
	}
	if r := h.roles[real]; r != asProgram && r != asStatic {
		return notOnHost("%s is a script, whose interpreter would be the host's", entrypoint)
	}
	return nil
}

// assign finds the directories in which a program's libraries have to be
// sought, relative to its own, in the order in which they are loaded.
func (h *hosting) assign(g *closure.Graph) error {
	nodes := slices.Clone(g.Nodes)
	for _, o := range h.openings[g] {
		nodes = append(nodes, o.loaded.Nodes...)
	}
	var dirs []string
	for _, n := range nodes {
		if n == g.Main || n.Real == g.Interp.Real || n.Kind == closure.Opened && strings.Contains(n.Name, "/") {
			continue
		}
		dir, err := h.fromProgram(g, n)
		if err != nil {
			return err
		}
		if !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	h.dirs[g.Main.Real] = dirs
	return nil
}

// fromProgram is the directory of a library, seen from that of the program.
func (h *hosting) fromProgram(g *closure.Graph, n *closure.Node) (string, error) {
	_, dir, err := rootfs.Resolve(h.plan.FS(), path.Dir(n.Path))
	if err != nil {
		return "", notOnHost("cannot find the directory of %s: %w", n.Path, err)
	}
	rel, err := filepath.Rel(path.Dir(g.Main.Real), dir)
	if err != nil {
		return "", err
	}
	if strings.ContainsAny(rel, "$:") {
		return "", notOnHost("%s: a loader cannot look into a directory with $ or : in its name", dir)
	}
	return "$ORIGIN/" + rel, nil
}
