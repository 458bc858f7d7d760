package closure

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

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
	if g.Interp == nil || l.musl() {
		return
	}
	names := append(g.Main.Obj.Audit[:len(g.Main.Obj.Audit):len(g.Main.Obj.Audit)], g.Main.Obj.DepAudit...)
	for _, list := range names {
		for _, name := range strings.Split(list, ":") {
			own := &Graph{Main: g.Main, Interp: g.Interp, System: g.System, names: map[string]*Node{}, reals: map[string]*Node{}, ids: map[rootfs.FileID]*Node{}}
			sub := &load{Resolver: l.Resolver, g: own, tolerant: true}
			sub.index(g.Interp, g.Interp.Name)
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
