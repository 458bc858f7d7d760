package closure

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Program resolves the ELF file name as the main program of a process: an
// executable by its own interpreter, a shared library by the loader its
// architecture usually has (as ldd(1) would). Missing objects are in
// Graph.Problems; the error is for a file that cannot be read or is not
// loadable at all.
func (r *Resolver) Program(name string) (*Graph, error) {
	_, real, err := rootfs.Resolve(r.opts.Root, name)
	if err != nil {
		return nil, err
	}
	o, err := r.Read(real)
	if err != nil {
		return nil, err
	}
	main := &Node{Path: real, Real: real, Obj: o}
	g := &Graph{Main: main, Nodes: []*Node{main}, names: map[string]*Node{}, reals: map[string]*Node{}, ids: map[rootfs.FileID]*Node{}}
	switch Classify(o) {
	case NotLoadable:
		return nil, fmt.Errorf("%s is neither an executable nor a shared library (%s)", name, o.Type)
	case Static:
		return g, nil
	}
	main.req = &ldso.Requester{Path: real, Obj: o, Origin: ldso.Origin(real), Secure: r.secure(real)}
	if r.opts.NoProc && o.Interp != "" {
		main.req.Origin = ""
	}
	r.findInterp(g)
	l := &load{Resolver: r, g: g}
	l.register(main, "")
	l.addInterp()
	l.walk()
	l.finish()
	return g, nil
}

// secure tells whether the kernel sets AT_SECURE for an ordinary user who
// starts the file.
func (r *Resolver) secure(real string) bool {
	fi, err := r.opts.Root.Lstat(real)
	if err != nil {
		return false
	}
	if fi.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
		return true
	}
	attrs, err := r.opts.Root.Xattrs(real)
	return err == nil && attrs["security.capability"] != nil
}

func (r *Resolver) findInterp(g *Graph) {
	o := g.Main.Obj
	candidates := []string{o.Interp}
	if o.Interp == "" {
		candidates = ldso.LikelyInterps(o)
	}
	var firstErr error
	for _, interp := range candidates {
		sys, err := r.system(interp, o)
		if err == nil {
			g.System = sys
			g.Interp, err = r.interpNode(g.Main, interp)
			if err == nil {
				return
			}
		}
		if firstErr == nil {
			firstErr = err
		}
	}
	if g.System == nil {
		g.System = ldso.Assume(r.opts.Root, o)
	}
	if o.Interp != "" {
		g.Problems = append(g.Problems, &InterpError{Interp: o.Interp, By: g.Main.Path, Err: firstErr})
	}
}

func (r *Resolver) interpNode(main *Node, interp string) (*Node, error) {
	name := interp
	if !path.IsAbs(name) {
		name = path.Join("/", r.opts.Cwd, name)
	}
	_, real, err := rootfs.Resolve(r.opts.Root, name)
	if err != nil {
		return nil, err
	}
	o, err := r.Read(real)
	if err != nil {
		return nil, err
	}
	if o.Class != main.Obj.Class || o.Machine != main.Obj.Machine || o.Data != main.Obj.Data {
		return nil, fmt.Errorf("%s is for another machine (%s %s)", real, o.Class, o.Machine)
	}
	n := &Node{Path: name, Real: real, Obj: o, Kind: Interp, Name: interp, By: main, Found: ldso.Found{Path: name, How: ldso.ByInterp}}
	n.req = &ldso.Requester{Path: name, Obj: o, Origin: ldso.Origin(name), Loader: main.req}
	return n, nil
}

func (r *Resolver) system(interp string, like *object.Object) (*ldso.System, error) {
	key := fmt.Sprint(interp, like.Class, like.Machine, like.Data)
	r.mu.Lock()
	defer r.mu.Unlock()
	if sys := r.systems[key]; sys != nil {
		return sys, nil
	}
	sys, err := ldso.Probe(r.opts.Root, interp, like)
	if err != nil {
		return nil, err
	}
	r.systems[key] = sys
	return sys, nil
}

// load is the work of adding objects to one process image.
type load struct {
	*Resolver
	g     *Graph
	queue []*Node
	// into collects what is added; nil means g.Nodes.
	into *[]*Node
	// tolerant turns problems into warnings: an object opened later misses
	// what another may bring.
	tolerant bool
}

func (l *load) musl() bool { return l.g.System.Flavor == ldso.Musl }

// register makes n known under every name the loader would recognise it by,
// and queues it.
func (l *load) register(n *Node, requested string) {
	l.index(n, requested)
	l.queue = append(l.queue, n)
}

func (l *load) index(n *Node, requested string) {
	names := []string{requested, n.Path, n.Obj.Soname}
	if l.musl() {
		names = []string{requested}
	}
	for _, name := range names {
		if name != "" && l.g.names[name] == nil {
			l.g.names[name] = n
		}
	}
	if l.g.reals[n.Real] == nil {
		l.g.reals[n.Real] = n
	}
	if id := l.id(n.Real); id != (rootfs.FileID{}) && l.g.ids[id] == nil {
		l.g.ids[id] = n
	}
}

func (l *load) id(real string) rootfs.FileID {
	fi, err := l.opts.Root.Lstat(real)
	if err != nil {
		return rootfs.FileID{}
	}
	return rootfs.StatOf(fi).ID
}

// walk is breadth first, so that the first object to name another is the one
// whose DT_RPATH counts for it.
func (l *load) walk() {
	for len(l.queue) > 0 {
		n := l.queue[0]
		l.queue = l.queue[1:]
		for _, name := range n.Obj.Filter {
			l.filtee(n, Filter, name)
		}
		for _, name := range n.Obj.Auxiliary {
			l.filtee(n, Auxiliary, name)
		}
		for _, name := range n.Obj.Needed {
			l.depend(n, Needed, name)
		}
	}
}

// addInterp makes the loader a loaded object, which it is before any search.
func (l *load) addInterp() {
	n := l.g.Interp
	if n == nil {
		return
	}
	l.index(n, n.Name)
	if l.g.Main.Obj.Interp != "" {
		l.g.Main.Edges = append(l.g.Main.Edges, Edge{Kind: Interp, Name: n.Name, To: n, Found: n.Found})
	}
}

// filtee loads the object a filter stands in for; it goes before the filter in
// the list (elf/dl-deps.c).
func (l *load) filtee(n *Node, kind EdgeKind, name string) {
	list := l.list()
	before := len(*list)
	l.depend(n, kind, name)
	if len(*list) == before {
		return
	}
	at := slices.Index(*list, n)
	added := (*list)[before]
	if at >= 0 && at < before {
		copy((*list)[at+1:before+1], (*list)[at:before])
		(*list)[at] = added
	}
}

func (l *load) list() *[]*Node {
	if l.into != nil {
		return l.into
	}
	return &l.g.Nodes
}

func (l *load) depend(n *Node, kind EdgeKind, name string) {
	if to := l.loaded(name); to != nil {
		l.place(to)
		n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, To: to, Found: ldso.Found{Path: to.Path, How: ldso.BySoname}})
		return
	}
	c := l.config()
	found, err := c.Search(name, n.req)
	if err != nil {
		n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, Err: err})
		if kind != Auxiliary {
			l.problem(err)
		}
		return
	}
	to, err := l.open(n, kind, name, found)
	if err != nil {
		n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, Err: err})
		l.problem(err)
		return
	}
	n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, To: to, Found: found})
}

func (l *load) config() *ldso.Config {
	return &ldso.Config{Root: l.opts.Root, LibraryPath: l.opts.LibraryPath, Cwd: l.opts.Cwd, Read: l.Read, System: l.g.System}
}

// loaded is the loader's look at what it already has, before any search.
func (l *load) loaded(name string) *Node {
	if l.g.System.Reserved(name) && l.g.Interp != nil {
		return l.g.Interp
	}
	return l.g.names[name]
}

// place puts the loader into the load order where it is first needed.
func (l *load) place(n *Node) {
	if n == l.g.Interp && !slices.Contains(l.g.Nodes, n) {
		l.g.Nodes = append(l.g.Nodes, n)
	}
}

// open adds the file found for name to the image, unless the same file is
// there already under another name.
func (l *load) open(by *Node, kind EdgeKind, name string, found ldso.Found) (*Node, error) {
	_, real, err := rootfs.Resolve(l.opts.Root, found.Path)
	if err != nil {
		return nil, err
	}
	same := l.g.reals[real]
	if id := l.id(real); same == nil && id != (rootfs.FileID{}) {
		same = l.g.ids[id]
	}
	if same != nil {
		if l.g.names[name] == nil {
			l.g.names[name] = same
		}
		l.place(same)
		return same, nil
	}
	o, err := l.Read(real)
	if err != nil {
		return nil, &ldso.NotFoundError{Name: name, By: by.Path, Fatal: found.Path + ": " + err.Error()}
	}
	n := &Node{Path: found.Path, Real: real, Obj: o, Kind: kind, Name: name, By: by, Found: found}
	n.req = &ldso.Requester{Path: n.Path, Obj: o, Origin: ldso.Origin(n.Path), Loader: by.req, Secure: by.req != nil && by.req.Secure}
	l.register(n, name)
	*l.list() = append(*l.list(), n)
	if found.Level != "" {
		l.warn("%s, needed by %s as %s, exists only for %s processors", n.Path, by.Path, name, found.Level)
	}
	if found.How == ldso.ByConf {
		l.warn("%s was found by ld.so.conf only: the root has no %s (run ldconfig)", n.Path, l.g.System.CachePath)
	}
	return n, nil
}

func (l *load) problem(err error) {
	if l.tolerant {
		l.warn("%v", err)
		return
	}
	l.g.Problems = append(l.g.Problems, err)
}

func (l *load) warn(format string, args ...any) {
	if w := fmt.Sprintf(format, args...); !slices.Contains(l.g.Warnings, w) {
		l.g.Warnings = append(l.g.Warnings, w)
	}
}

// finish does what follows the main walk: the loader's place, versions,
// auditors, variants.
func (l *load) finish() {
	g := l.g
	if g.Interp != nil && g.Main.Obj.Interp != "" {
		l.place(g.Interp)
	}
	if !l.musl() {
		l.checkVersions(g.Nodes)
	}
	l.warnRelative()
	l.audit()
	l.variants(g.Nodes)
}

// variants adds the CPU-specific twins of nodes, with what only they need.
func (l *load) variants(nodes []*Node) {
	g := l.g
	sub := &load{Resolver: l.Resolver, g: g, into: &g.Variants, tolerant: true}
	for _, n := range nodes {
		for _, name := range n.Found.Variants {
			_, real, err := rootfs.Resolve(l.opts.Root, name)
			if err != nil || g.reals[real] != nil {
				continue
			}
			o, err := l.Read(real)
			if err != nil {
				continue
			}
			v := &Node{Path: name, Real: real, Obj: o, Kind: Variant, Name: n.Name, By: n, Found: ldso.Found{Path: name, How: n.Found.How, Dir: ldso.Origin(name)}}
			v.req = &ldso.Requester{Path: name, Obj: o, Origin: ldso.Origin(name), Loader: n.req.Loader}
			g.reals[real] = v
			g.Variants = append(g.Variants, v)
			sub.queue = append(sub.queue, v)
		}
	}
	sub.walk()
}

// audit loads DT_AUDIT and DT_DEPAUDIT of the executable. They live in a name
// space of their own, and one that is missing is only a message (rtld-audit(7)).
func (l *load) audit() {
	g := l.g
	names := append(g.Main.Obj.Audit[:len(g.Main.Obj.Audit):len(g.Main.Obj.Audit)], g.Main.Obj.DepAudit...)
	for _, list := range names {
		for _, name := range strings.Split(list, ":") {
			own := &Graph{Main: g.Main, Interp: g.Interp, System: g.System, names: map[string]*Node{}, reals: map[string]*Node{}, ids: map[rootfs.FileID]*Node{}}
			sub := &load{Resolver: l.Resolver, g: own, tolerant: true}
			if g.Interp != nil {
				sub.index(g.Interp, g.Interp.Name)
			}
			sub.depend(g.Main, Audit, name)
			sub.walk()
			g.Warnings = append(g.Warnings, own.Warnings...)
			for _, n := range own.Nodes {
				if g.reals[n.Real] == nil {
					g.reals[n.Real] = n
					g.Nodes = append(g.Nodes, n)
				}
			}
		}
	}
}

// warnRelative reports search list elements that mean the working directory.
func (l *load) warnRelative() {
	for _, n := range l.g.Nodes {
		for _, list := range []string{n.Obj.Rpath, n.Obj.Runpath} {
			if list == "" {
				continue
			}
			for _, elem := range strings.Split(list, ":") {
				if !strings.HasPrefix(elem, "/") && !strings.HasPrefix(elem, "$") {
					l.warn("%s searches %q relative to the working directory: such a library is found only where the bundle is started from the same place", n.Path, elem)
				}
			}
		}
	}
}

// Open adds the shared object name to a copy of the image g as dlopen(3) from
// the main program would, and returns what that loads besides g. What is
// missing becomes a warning, because a plugin may rely on what its process has
// loaded otherwise. g may be nil: then name is resolved as Program does.
func (r *Resolver) Open(g *Graph, name string) (*Graph, error) {
	if g == nil || g.System == nil {
		own, err := r.Program(name)
		if err != nil {
			return nil, err
		}
		for _, p := range own.Problems {
			own.Warnings = append(own.Warnings, p.Error())
		}
		own.Problems = nil
		return own, nil
	}
	own := &Graph{Main: g.Main, Interp: g.Interp, System: g.System,
		names: clone(g.names), reals: clone(g.reals), ids: clone(g.ids)}
	l := &load{Resolver: r, g: own, tolerant: true}
	_, real, err := rootfs.Resolve(r.opts.Root, name)
	if err != nil {
		return nil, err
	}
	if own.reals[real] != nil {
		return own, nil
	}
	if _, err := l.open(g.Main, Opened, name, ldso.Found{Path: name, How: ldso.ByPath}); err != nil {
		return nil, err
	}
	l.walk()
	if !l.musl() {
		l.checkVersions(own.Nodes)
	}
	l.variants(own.Nodes)
	return own, nil
}

func clone[K comparable, V any](m map[K]V) map[K]V {
	out := make(map[K]V, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

// Missing returns the not-found errors among the problems.
func (g *Graph) Missing() []*ldso.NotFoundError {
	var out []*ldso.NotFoundError
	for _, p := range g.Problems {
		var nf *ldso.NotFoundError
		if errors.As(p, &nf) {
			out = append(out, nf)
		}
	}
	return out
}
