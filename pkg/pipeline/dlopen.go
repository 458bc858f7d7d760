package pipeline

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/object"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// Dlopen chooses among the libraries that files say to load by dlopen(3) in
// their .note.dlopen.
type Dlopen struct {
	// Level is the least priority that is followed, one of package object's; ""
	// follows none.
	Level string
	// Features override Level for the notes they match; the last one counts.
	Features []Feature
}

// Feature names notes by the feature they are for.
type Feature struct {
	Off     bool   // leave them out instead of following them
	Library string // a glob of the soname or the file name of who has the note, empty for any
	Name    string // a glob of the feature
}

// ParseFeature reads "[+|-][LIBRARY:]FEATURE".
func ParseFeature(text string) (Feature, error) {
	var f Feature
	rest := strings.TrimPrefix(text, "+")
	rest, f.Off = strings.CutPrefix(rest, "-")
	f.Name = rest
	if i := strings.LastIndexByte(rest, ':'); i >= 0 {
		f.Library, f.Name = rest[:i], rest[i+1:]
	}
	if f.Name == "" {
		return f, fmt.Errorf("%q names no feature", text)
	}
	return f, nil
}

func (f Feature) match(o *closure.Node, n object.DlopenNote) bool {
	if _, ok := rules.Glob(f.Name, n.Feature); !ok {
		return false
	}
	_, soname := rules.Glob(f.Library, o.Obj.Soname)
	_, base := rules.Glob(f.Library, path.Base(o.Real))
	return f.Library == "" || soname || base
}

// follows tells whether a note of o is to be followed.
func (d *Dlopen) follows(o *closure.Node, n object.DlopenNote) bool {
	for _, f := range slices.Backward(d.Features) {
		if f.match(o, n) {
			return !f.Off
		}
	}
	return rank(n.Priority) <= rank(d.Level)
}

// rank orders the priorities; that of no level is before all.
func rank(priority string) int {
	return slices.Index([]string{object.DlopenRequired, object.DlopenRecommended, object.DlopenSuggested}, priority)
}

// noted is an object with notes, and the program that loads it.
type noted struct {
	member *member
	node   *closure.Node
	notes  []object.DlopenNote
}

// note remembers what a file says it opens.
func (r *ruler) note(m *member, n *closure.Node, x object.Extra) {
	if r.spec.Dlopen == nil {
		return
	}
	for _, w := range x.Warnings {
		r.warn("%s: %s", n.Path, w)
	}
	if len(x.Dlopen) > 0 {
		r.noted = append(r.noted, noted{m, n, x.Dlopen})
	}
}

// followNotes adds what the objects met since the last call say they open.
func (r *ruler) followNotes() error {
	list := r.noted
	r.noted = nil
	for _, by := range list {
		for _, n := range by.notes {
			if !r.spec.Dlopen.follows(by.node, n) {
				r.suggest(by, n)
			} else if err := r.follow(by, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow adds the first library of a note that the loader finds.
func (r *ruler) follow(by noted, n object.DlopenNote) error {
	why := plan.Reason{Kind: plan.Dlopen, By: by.node.Path, Via: strings.TrimSpace(n.Priority + " " + n.Feature)}
	for _, name := range n.Sonames {
		if found, err := r.open(by.member, by.node, name, why); err != nil || found {
			return err
		}
	}
	if n.Priority == object.DlopenRequired {
		r.warn("%s cannot do without %s, which the root does not have", by.node.Path, strings.Join(n.Sonames, " or "))
	}
	return nil
}

// suggest remembers a suggested library that is there but not followed. Of a
// library that only other libraries ask for, a program hardly uses all features:
// that libdbus needs libsystemd says nothing of compressed journals.
func (r *ruler) suggest(by noted, n object.DlopenNote) {
	if n.Priority != object.DlopenSuggested || by.member.Graph == nil {
		return
	}
	if main := by.member.Graph.Main; by.node != main && !slices.Contains(main.Obj.Needed, by.node.Name) {
		return
	}
	for _, name := range n.Sonames {
		if _, _, err := r.resolver.Dlopen(by.member.Graph, by.node, name); err == nil {
			if !slices.Contains(r.suggested, name) {
				r.suggested = append(r.suggested, name)
			}
			return
		}
	}
}

// suggestions is one sentence on all libraries that are merely suggested.
func (r *ruler) suggestions() {
	r.suggested = slices.DeleteFunc(r.suggested, func(name string) bool {
		return slices.ContainsFunc(r.programs, func(m *member) bool { return m.has(name) })
	})
	if len(r.suggested) > 0 {
		r.tip("%s may be opened too: add --dlopen suggested if such a feature is used", strings.Join(r.suggested, ", "))
	}
}

// has tells whether a library of that soname is loaded or opened by m.
func (m *member) has(soname string) bool {
	if m.Graph == nil {
		return false
	}
	for _, g := range m.graphs() {
		for _, n := range g.Nodes {
			if n.Obj.Soname == soname || n.Name == soname {
				return true
			}
		}
	}
	return false
}

// open adds what dlopen(3) of a soname, called from an object of m, loads. It
// tells whether the loader finds it. A nil by is the C library, which opens
// modules of its own.
func (b *builder) open(m *member, by *closure.Node, name string, why plan.Reason) (bool, error) {
	if m == nil || m.Graph == nil || m.Graph.System == nil {
		return false, nil
	}
	if by == nil {
		by = libcOf(m.Graph)
	}
	g, to, err := b.resolver.Dlopen(m.Graph, by, name)
	var missing *ldso.NotFoundError
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if len(g.Nodes) == 0 {
		return true, nil
	}
	for _, o := range m.Opened {
		if o.Node != nil && o.Node.Real == to.Real && o.Name == name {
			return true, nil
		}
	}
	m.Opened = append(m.Opened, opened{Graph: g, Name: name, By: by, Node: to})
	if err := b.addPath(to.Path, why); err != nil {
		return true, err
	}
	return true, b.addIncluded(g, true)
}

func libcOf(g *closure.Graph) *closure.Node {
	for _, n := range g.Nodes {
		if isLibc(n.Obj) {
			return n
		}
	}
	return g.Main
}

// caller is who loads what a rule loads; a nil node is the C library.
type caller struct {
	member *member
	node   *closure.Node
	file   string // the evidence
}

// caller tells who acts on the evidence in a file: an imported function is the
// C library's.
func (r *ruler) caller(m rules.Match, file string, by *member) caller {
	if m.Kind == rules.Import {
		return caller{member: by, file: file}
	}
	return caller{by, r.objects[file], file}
}
