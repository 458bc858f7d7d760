package closure

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

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
		filtees := l.filtees(n)
		for _, name := range n.Obj.Needed {
			l.depend(n, Needed, name)
		}
		if len(filtees) > 0 {
			l.queue = append(filtees, l.queue...)
		}
	}
}

// filtees loads what n stands in for and returns it: the loader looks at the
// needs of these next, before those of objects queued earlier.
func (l *load) filtees(n *Node) []*Node {
	if len(n.Obj.Filter)+len(n.Obj.Auxiliary) == 0 || l.musl() {
		return nil
	}
	queue := l.queue
	l.queue = nil
	for _, name := range n.Obj.Filter {
		l.filtee(n, Filter, name)
	}
	for _, name := range n.Obj.Auxiliary {
		l.filtee(n, Auxiliary, name)
	}
	added := l.queue
	l.queue = queue
	return added
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
	if to, how := l.loaded(name); to != nil {
		l.place(to)
		n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, To: to, Found: ldso.Found{Path: to.Path, How: how}})
		return
	}
	if l.g.System.Reserved(name) {
		// The missing loader would have been it, and is reported already.
		n.Edges = append(n.Edges, Edge{Kind: kind, Name: name, Err: fs.ErrNotExist})
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
func (l *load) loaded(name string) (*Node, ldso.How) {
	if l.g.Interp != nil && l.g.System.Reserved(name) {
		return l.g.Interp, ldso.ByReserved
	}
	return l.g.names[name], ldso.BySoname
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
	if err := g.System.CacheErr; err != nil {
		l.warn("%v", err)
	}
	l.audit()
	l.variants(g.Nodes)
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
