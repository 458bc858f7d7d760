package closure

import "strings"

// Dlopen adds what dlopen(3) of name, called from the object by, would load to
// a copy of the image g. The name is searched for as a need of by is, its
// DT_RUNPATH included; one with a slash is a path, in which glibc replaces
// $ORIGIN and its like. It returns what that loads besides g, and the
// object itself, which may be one that g has already. by is nil for the main
// program. What the object misses becomes a warning, as with Open.
//
// The error is *ldso.NotFoundError where the loader finds no such object.
func (r *Resolver) Dlopen(g *Graph, by *Node, name string) (*Graph, *Node, error) {
	if by == nil {
		by = g.Main
	}
	own := &Graph{Main: g.Main, Interp: g.Interp, System: g.System,
		names: clone(g.names), reals: clone(g.reals), ids: clone(g.ids)}
	l := &load{Resolver: r, g: own, tolerant: true}
	if !strings.Contains(name, "/") {
		if to, _ := l.loaded(name); to != nil {
			return own, to, nil
		}
	}
	c := l.config()
	found, err := c.Search(name, by.req)
	if err != nil {
		return nil, nil, err
	}
	to, err := l.open(by, Opened, name, found)
	if err != nil {
		return nil, nil, err
	}
	l.walk()
	if !l.musl() {
		l.checkVersions(own.Nodes)
	}
	l.variants(own.Nodes)
	return own, to, nil
}
