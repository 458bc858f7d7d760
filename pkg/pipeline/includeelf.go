package pipeline

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/object"
)

// closeOver adds the closure of the ELF files among the included: a program's
// own, and a library's as if the first input of its architecture opened it.
// With quiet, what such a file misses is nobody's concern.
func (b *builder) closeOver(files []string, quiet bool) error {
	for _, real := range files {
		o, err := b.resolver.Read(real)
		if err != nil {
			if isUnreadable(err) && !quiet {
				return openError(real, err)
			}
			continue
		}
		switch closure.Classify(o) {
		case closure.Dynamic:
			err = b.includeProgram(real, quiet)
		case closure.Library:
			err = b.includeLibrary(real, o, quiet)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func isUnreadable(err error) bool {
	var pe *fs.PathError
	return errors.As(err, &pe)
}

func (b *builder) includeProgram(real string, quiet bool) error {
	g, err := b.resolver.Program(real)
	if err != nil {
		return err
	}
	for _, p := range g.Problems {
		g.Warnings = append(g.Warnings, p.Error())
	}
	g.Problems = nil
	b.programs = append(b.programs, &member{Program: &Program{Name: real, Path: real, Real: real, Graph: g}, At: real})
	if g.Interp == nil {
		g.Main.Obj.Interp, g.System = "", nil
	}
	return b.addIncluded(g, quiet)
}

func (b *builder) addIncluded(g *closure.Graph, quiet bool) error {
	if quiet {
		g.Warnings = nil
	}
	return b.addGraph(g)
}

func (b *builder) includeLibrary(real string, o *object.Object, quiet bool) error {
	m := b.contextOf(o)
	if m == nil {
		g, err := b.resolver.Open(nil, real)
		if err != nil {
			return err
		}
		return b.addIncluded(g, quiet)
	}
	g, err := b.resolver.Open(m.Graph, real)
	if err != nil {
		return err
	}
	if !quiet {
		b.forgive(g)
	}
	m.Opened = append(m.Opened, opened{Graph: g, Name: real})
	return b.addIncluded(g, quiet)
}

// forgive takes back the warnings about needs of a plugin that the bundle has a
// file for somewhere: what opens the plugin has loaded that before, as java has
// libjvm.so, or the plugin would not work in the root either.
func (b *builder) forgive(g *closure.Graph) {
	if len(g.Warnings) == 0 {
		return
	}
	have := map[string]bool{}
	for e := range b.plan.Each() {
		if !e.Mode.IsDir() {
			have[path.Base(e.Path)] = true
		}
	}
	for _, n := range g.Objects() {
		for _, e := range n.Edges {
			if e.To == nil && e.Err != nil && have[e.Name] {
				g.Warnings = slices.DeleteFunc(g.Warnings, func(w string) bool { return w == e.Err.Error() })
			}
		}
	}
}

// contextOf is the program a library is taken to be opened by.
func (b *builder) contextOf(o *object.Object) *member {
	for _, m := range b.programs {
		if m.Graph == nil || m.Graph.System == nil {
			continue
		}
		if s := m.Graph.System; s.Class == o.Class && s.Machine == o.Machine && s.Data == o.Data {
			return m
		}
	}
	return nil
}
