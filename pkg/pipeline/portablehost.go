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
	"github.com/5bbb5df2/pack/pkg/relink"
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
	return "leave out --app-root host and --app-fallback host, or bundle the closure alone with --without all"
}

func notOnHost(format string, args ...any) error { return &HostError{fmt.Errorf(format, args...)} }

// onHost makes a tree out of one that is nothing but programs and what their
// loader maps: one that works wherever it lies, with the host's file system as
// the root and none of the host's libraries. interps are the programs whose
// loader is named by an absolute path, which has to be set where it lies.
//
// Errors are *[HostError], or that of reading a file.
func onHost(ctx context.Context, p *plan.Plan) (hosted *plan.Plan, interps []string, err error) {
	h := &hosting{plan: p, roles: map[string]role{}, dirs: map[string][]string{}}
	h.resolver = closure.New(closure.Options{Root: rootfs.Memo(p.FS()), Cwd: "/"})
	if err := h.findPrograms(ctx); err != nil {
		return nil, nil, err
	}
	for _, g := range h.graphs {
		if err := h.assign(g); err != nil {
			return nil, nil, err
		}
	}
	if hosted, err = h.relinked(); err != nil {
		return nil, nil, err
	}
	for _, g := range h.graphs {
		interps = append(interps, g.Main.Real)
	}
	if err := h.prove(hosted); err != nil {
		return nil, nil, err
	}
	return hosted, interps, nil
}

// role is what a file is for the programs of a tree.
type role int

const (
	asLibrary role = iota + 1
	asProgram
	asLoader
)

// hosting is a tree on its way to the host.
type hosting struct {
	plan     *plan.Plan
	resolver *closure.Resolver
	graphs   []*closure.Graph    // of the dynamic programs
	roles    map[string]role     // by real path
	dirs     map[string][]string // by program, where its libraries are sought
}

// findPrograms refuses what is no part of a closure and resolves the programs.
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
		if err != nil {
			return err
		}
		switch closure.Classify(obj) {
		case closure.Static:
		case closure.Dynamic:
			if obj.Soname == "" {
				if err := h.addProgram(e); err != nil {
					return err
				}
				continue
			}
			fallthrough
		default:
			libraries = append(libraries, e.Path)
		}
	}
	for _, g := range h.graphs {
		h.reach(g)
	}
	for _, name := range libraries {
		if h.roles[name] == 0 {
			return notOnHost("%s is loaded by no program of the bundle but by name, and would be sought on the host", name)
		}
	}
	return nil
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

// reach notes the roles of what a program is made of.
func (h *hosting) reach(g *closure.Graph) {
	for _, n := range g.Objects() {
		h.roles[n.Real] = asLibrary
	}
	h.roles[g.Main.Real] = asProgram
	h.roles[g.Interp.Real] = asLoader
}

// assign finds the directories in which a program's libraries have to be
// sought, relative to its own, in the order in which they are loaded.
func (h *hosting) assign(g *closure.Graph) error {
	own := path.Dir(g.Main.Real)
	var dirs []string
	for _, n := range g.Nodes {
		if n == g.Main || n.Real == g.Interp.Real {
			continue
		}
		_, dir, err := rootfs.Resolve(h.plan.FS(), path.Dir(n.Path))
		if err != nil {
			return notOnHost("cannot find the directory of %s: %w", n.Path, err)
		}
		rel, err := filepath.Rel(own, dir)
		if err != nil {
			return err
		}
		if strings.ContainsRune(rel, '$') {
			return notOnHost("%s: a loader cannot look into a directory with $ in its name", dir)
		}
		if rel = "$ORIGIN/" + rel; !slices.Contains(dirs, rel) {
			dirs = append(dirs, rel)
		}
	}
	h.dirs[g.Main.Real] = dirs
	return nil
}

// relinked is the tree with its ELF files changed and its absolute links made
// relative.
func (h *hosting) relinked() (*plan.Plan, error) {
	out := plan.New(nil)
	for e := range h.plan.All() {
		switch {
		case e.Mode&fs.ModeSymlink != 0 && path.IsAbs(e.Link):
			e.Link = h.relative(e)
		case e.Mode.IsRegular():
			changed, err := h.relink(e)
			if err != nil {
				return nil, err
			}
			e = changed
		}
		if err := out.Add(e); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// relative is where an absolute link leads, seen from where it lies. One that
// leads nowhere stays: it is the host's then, as it says.
func (h *hosting) relative(e plan.Entry) string {
	_, real, err := rootfs.Resolve(h.plan.FS(), e.Link)
	if err != nil {
		return e.Link
	}
	rel, err := filepath.Rel(path.Dir(e.Path), real)
	if err != nil {
		return e.Link
	}
	return rel
}

// relink changes a file for its role. A hard link is changed as the file it is
// another name of.
func (h *hosting) relink(e plan.Entry) (plan.Entry, error) {
	role := h.roles[e.Path]
	if e.HardLink != "" && (role != h.roles[e.HardLink] || !slices.Equal(h.dirs[e.Path], h.dirs[e.HardLink])) {
		return e, notOnHost("%s and %s are one file in two places", e.Path, e.HardLink)
	}
	if role != asLibrary && role != asProgram {
		return e, nil
	}
	f, size, err := rootfs.OpenRegular(h.plan.FS(), e.Path)
	if err != nil {
		return e, openError(e.Path, err)
	}
	defer f.Close()
	var change relink.Change
	if role == asProgram {
		change, err = relink.Executable(f, size, h.dirs[e.Path])
	} else {
		change, err = relink.Library(f, size)
	}
	if err != nil {
		return e, notOnHost("cannot change where %s looks for its libraries: %w", e.Path, err)
	}
	e.From = plan.Source{FS: patchedFS{from: e.From, change: change}, Path: e.From.Path}
	e.Size = change.Size
	return e, nil
}

// prove resolves every program where it would lie in a store, with nothing of
// the host around: it must find the same files.
func (h *hosting) prove(hosted *plan.Plan) error {
	const store = "/store/root"
	there := plan.New(nil)
	for e := range hosted.All() {
		e.Path = path.Join(store, e.Path)
		e.HardLink = ""
		if err := there.Add(e); err != nil {
			return err
		}
	}
	for _, g := range h.graphs {
		name := store + g.Main.Real
		interp := store + g.Main.Obj.Interp
		e := there.Get(name)
		f, size, err := rootfs.OpenRegular(there.FS(), name)
		if err != nil {
			return openError(name, err)
		}
		change, err := relink.Interp(f, size, interp)
		f.Close()
		if err != nil {
			return notOnHost("cannot change the loader of %s: %w", g.Main.Real, err)
		}
		there.Update(name, func(old *plan.Entry) {
			old.From = plan.Source{FS: patchedFS{from: e.From, change: change}, Path: e.From.Path}
			old.Size = change.Size
		})
	}
	r := closure.New(closure.Options{Root: rootfs.Memo(there.FS()), Cwd: "/"})
	for _, want := range h.graphs {
		got, err := r.Program(store + want.Main.Real)
		if err != nil {
			return notOnHost("cannot resolve %s there: %w", want.Main.Real, err)
		}
		if err := sameGraph(store, want, got); err != nil {
			return err
		}
	}
	return nil
}

// sameGraph makes sure that got, which lies below store, loads what want does.
func sameGraph(store string, want, got *closure.Graph) error {
	have := map[edgeKey]closure.Edge{}
	for _, n := range got.Objects() {
		for _, e := range n.Edges {
			have[edgeKey{n.Real, e.Kind, e.Name}] = e
		}
	}
	for _, n := range want.Objects() {
		for _, e := range n.Edges {
			if e.To == nil || e.Kind == closure.Interp {
				continue
			}
			h := have[edgeKey{store + n.Real, e.Kind, e.Name}]
			switch {
			case h.To == nil:
				return notOnHost("%s needed by %s would not be found there", e.Name, n.Path)
			case h.To.Real != store+e.To.Real:
				return notOnHost("%s needed by %s would be %s there instead of %s", e.Name, n.Path, strings.TrimPrefix(h.To.Real, store), e.To.Real)
			}
		}
	}
	if got.Interp == nil || got.Interp.Real != store+want.Interp.Real {
		return notOnHost("%s would not be started by %s", want.Main.Real, want.Interp.Real)
	}
	return nil
}
