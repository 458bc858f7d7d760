package pipeline

import (
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// pyInstead is what a source does if it cannot import what it tries to.
type pyInstead struct {
	tried []pyTried
	does  *pySource
}

// pyTried is an import of a module, and of names from it.
type pyTried struct {
	module string
	names  []string
}

// pyBlock is a try statement that is being read.
type pyBlock struct {
	indent int
	tried  []pyTried
	// plain tells that it has only tried to import so far.
	plain bool
	// within is what the statement stands in.
	within *pySource
}

// pyBlocks are the try statements around a line.
type pyBlocks struct {
	into  *pySource // what the line is noted in
	stack []pyBlock
}

// enter looks at where a line stands: what is below "except ImportError" is
// done instead of what was tried.
func (b *pyBlocks) enter(indent int, line []pyToken) {
	for n := len(b.stack) - 1; n >= 0 && indent <= b.stack[n].indent; n-- {
		top := b.stack[n]
		b.into = top.within
		if indent == top.indent && line[0].is("except") {
			if top.plain && len(top.tried) > 0 && failsToImport(line) {
				b.into = &pySource{}
				top.within.instead = append(top.within.instead, pyInstead{top.tried, b.into})
			}
			return
		}
		b.stack = b.stack[:n]
	}
	for i := range b.stack {
		tried, ok := onlyImports(line)
		b.stack[i].tried = append(b.stack[i].tried, tried...)
		b.stack[i].plain = b.stack[i].plain && ok
	}
	if line[0].is("try") && line[len(line)-1].is(":") {
		b.stack = append(b.stack, pyBlock{indent: indent, plain: true, within: b.into})
	}
}

// failsToImport tells that an except clause is for imports that fail.
func failsToImport(line []pyToken) bool {
	return len(line) == 2 || slices.ContainsFunc(line, func(t pyToken) bool {
		return t.is("ImportError") || t.is("ModuleNotFoundError") || t.is("Exception")
	})
}

// onlyImports reads a line that is one import statement.
func onlyImports(line []pyToken) (tried []pyTried, ok bool) {
	var s pySource
	s.statements(line)
	if !line[0].is("import") && !line[0].is("from") || slices.ContainsFunc(line, func(t pyToken) bool { return t.is(";") }) {
		return nil, false
	}
	if line[0].is("from") && len(s.modules) > 0 {
		from := pyTried{module: s.modules[0]}
		for _, name := range s.modules[1:] {
			from.names = append(from.names, strings.TrimPrefix(name, from.module+"."))
		}
		return []pyTried{from}, true
	}
	for _, module := range s.modules {
		tried = append(tried, pyTried{module: module})
	}
	return tried, len(tried) > 0
}

// settled adds to a source what it does instead where what it tried cannot be
// told to work: where that is not all in the standard library.
func (p *pyImports) settled(s *pySource) {
	for _, i := range s.instead {
		if !slices.ContainsFunc(i.tried, func(t pyTried) bool { return !p.standard(t) }) {
			continue
		}
		p.settled(i.does)
		s.modules = append(s.modules, i.does.modules...)
		s.packages, s.inside = append(s.packages, i.does.packages...), s.inside || i.does.inside
		s.words = append(s.words, i.does.words...)
		s.computed, s.runs, s.metadata = s.computed || i.does.computed, s.runs || i.does.runs, s.metadata || i.does.metadata
	}
}

// standard tells whether the standard library has a module, with the names.
func (p *pyImports) standard(t pyTried) bool {
	if p.library == "" || strings.HasPrefix(t.module, ".") {
		return false
	}
	at := path.Join(p.library, strings.ReplaceAll(t.module, ".", "/"))
	for _, file := range []string{at + ".py", at + "/__init__.py"} {
		if _, _, err := rootfs.Resolve(p.root, file); err != nil {
			continue
		}
		text, ok := p.read(file)
		return ok && !slices.ContainsFunc(t.names, func(name string) bool { return !strings.Contains(text, name) })
	}
	compiled, err := glob.Expand(p.root, glob.Quote(path.Join(p.library, "lib-dynload", t.module))+".*so")
	return err == nil && len(compiled) > 0
}
