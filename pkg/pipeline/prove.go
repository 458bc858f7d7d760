package pipeline

import (
	"fmt"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// difference is one object that the loader would find in the root and not, or
// not the same, in the bundle.
type difference struct {
	member *member
	node   *closure.Node // in the root
	edge   closure.Edge  // of node
	got    string        // the real path, in the root, of what the bundle gives instead; empty for nothing
	err    error         // why nothing was found
}

func (d difference) String() string {
	if d.got != "" {
		return fmt.Sprintf("%s needed by %s would be %s there instead of %s", d.edge.Name, d.node.Path, d.got, d.edge.To.Path)
	}
	return fmt.Sprintf("%s needed by %s would not be found there: %v", d.edge.Name, d.node.Path, d.err)
}

// ProofError is a bundle in which some program would not load what it loads in
// the root.
type ProofError struct{ Differences []string }

func (e *ProofError) Error() string {
	return "the bundle does not hold together: " + strings.Join(e.Differences, "; ")
}

// Hint says what to do about it.
func (e *ProofError) Hint() string {
	return "two programs may need different files of one name: bundle them separately, or give them an RPATH of their own"
}

// bundleResolver resolves with the bundle as the root, without any environment.
func (b *builder) bundleResolver(noProc bool) *closure.Resolver {
	return closure.New(closure.Options{Root: rootfs.Memo(b.plan.FS()), Cwd: "/", NoProc: noProc, Read: b.readIn})
}

// compare resolves every program again with the bundle as the root and returns
// where that differs; what --exclude dropped is returned apart.
func (b *builder) compare(noProc bool) (diffs, dropped []difference) {
	r := b.bundleResolver(noProc)
	for _, m := range b.programs {
		if m.Graph == nil || m.Graph.System == nil || b.isExcluded(m.At) {
			continue
		}
		g, err := r.Program(m.At)
		if err != nil {
			diffs = append(diffs, difference{member: m, node: m.Graph.Main, edge: closure.Edge{Name: m.At, To: m.Graph.Main}, err: err})
			continue
		}
		found := b.compareGraph(m, m.Graph, g)
		found = append(found, b.compareOpened(m, r, g)...)
		for _, d := range found {
			if b.wasExcluded(d.edge.To.Path) || b.isExcluded(d.node.Real) {
				dropped = append(dropped, d)
				continue
			}
			diffs = append(diffs, d)
		}
	}
	return diffs, dropped
}

// compareOpened opens again what m opens; g is m's closure in the bundle, of
// which r resolves.
func (b *builder) compareOpened(m *member, r *closure.Resolver, g *closure.Graph) []difference {
	var out []difference
	callers := map[string]*closure.Node{}
	remember := func(g *closure.Graph) {
		for _, n := range g.Objects() {
			callers[b.sourceOf(n.Real)] = n
		}
	}
	remember(g)
	for _, o := range m.Opened {
		if o.Node == nil {
			if again, err := r.Open(g, o.Name); err == nil {
				remember(again)
				out = append(out, b.compareGraph(m, o.Graph, again)...)
			}
			continue
		}
		caller := callers[o.By.Real]
		if caller == nil {
			continue // a difference of its own
		}
		again, to, err := r.Dlopen(g, caller, o.Name)
		d := difference{member: m, node: o.By, edge: closure.Edge{Kind: closure.Opened, Name: o.Name, To: o.Node}, err: err}
		if err == nil {
			remember(again)
			out = append(out, b.compareGraph(m, o.Graph, again)...)
			d.got = b.sourceOf(to.Real)
		}
		if err != nil || !b.sameFile(d.got, o.Node.Real) {
			out = append(out, d)
		}
	}
	return out
}

// edgeKey names a dependency across roots: which file of the root asks for
// what.
type edgeKey struct {
	from string
	kind closure.EdgeKind
	name string
}

func (b *builder) compareGraph(m *member, want, got *closure.Graph) []difference {
	have := map[edgeKey]closure.Edge{}
	for _, n := range append(got.Objects(), got.Main) {
		for _, e := range n.Edges {
			have[edgeKey{b.sourceOf(n.Real), e.Kind, e.Name}] = e
		}
	}
	var out []difference
	for _, n := range want.Objects() {
		for _, e := range n.Edges {
			if e.To == nil {
				continue
			}
			h, ok := have[edgeKey{n.Real, e.Kind, e.Name}]
			switch {
			case !ok && e.Kind == closure.Interp:
				out = append(out, difference{member: m, node: n, edge: e, err: fmt.Errorf("not in the bundle")})
			case !ok:
				// Its requester was not loaded: that is a difference of its own.
			case h.To == nil:
				out = append(out, difference{member: m, node: n, edge: e, err: h.Err})
			case !b.sameFile(b.sourceOf(h.To.Real), e.To.Real):
				out = append(out, difference{member: m, node: n, edge: e, got: b.sourceOf(h.To.Real)})
			}
		}
	}
	return out
}

// sameFile compares real paths of the root, hard links counting as one.
func (b *builder) sameFile(a, c string) bool {
	if a == c {
		return true
	}
	fa, errA := b.root.Lstat(a)
	fc, errC := b.root.Lstat(c)
	if errA != nil || errC != nil {
		return false
	}
	id := rootfs.StatOf(fa).ID
	return id != (rootfs.FileID{}) && id == rootfs.StatOf(fc).ID
}

// wasExcluded tells whether --exclude dropped what name leads to in the root,
// or a link on the way.
func (b *builder) wasExcluded(name string) bool {
	p, _ := rootfs.Trace(b.root, name)
	for _, l := range append(p.Links, p.Real) {
		if b.isExcluded(l) {
			return true
		}
	}
	return false
}

// prove resolves again with the bundle as the root: the same objects must be
// found with /proc, and a warning says what needs it.
func (b *builder) prove() error {
	diffs, dropped := b.compare(false)
	diffs, relative := splitRelative(diffs)
	if len(relative) > 0 {
		b.warn("found only if the program is started in %s, as they are named relative to the working directory: %s", b.finder.cwd(), names(relative))
	}
	if len(diffs) > 0 {
		e := &ProofError{}
		for _, d := range diffs {
			e.Differences = append(e.Differences, d.String())
		}
		return e
	}
	if len(dropped) > 0 {
		b.warn("left out of the proof because --exclude dropped it: %s", names(dropped))
	}
	diffs, _ = b.compare(true)
	if diffs, _ := splitRelative(diffs); len(diffs) > 0 {
		b.warn("found only where /proc is mounted, because $ORIGIN of the executable is not known otherwise: %s", names(diffs))
	}
	return nil
}

// splitRelative sets apart the names with a slash that are relative to the
// working directory: no file of the bundle can help them.
func splitRelative(diffs []difference) (others, relative []difference) {
	for _, d := range diffs {
		if n := d.edge.Name; strings.Contains(n, "/") && n[0] != '/' && n[0] != '$' {
			relative = append(relative, d)
		} else {
			others = append(others, d)
		}
	}
	return others, relative
}

// maxNamed is how many differences one warning names: a directory of programs
// may have hundreds that are all alike.
const maxNamed = 6

func names(diffs []difference) string {
	var out []string
	seen := map[string]bool{}
	for _, d := range diffs {
		if s := d.edge.Name + " (needed by " + d.node.Path + ")"; !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	if more := len(out) - maxNamed; more > 0 {
		out = append(out[:maxNamed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// placeInBundle is the path to name a node by in the bundle: as it was opened,
// if that works there, else its real path.
func (b *builder) placeInBundle(n *closure.Node) string {
	at := path.Clean(n.Path)
	if p, err := rootfs.Trace(b.plan.FS(), at); err == nil && b.sourceOf(p.Real) == n.Real {
		return at
	}
	return n.Real
}
