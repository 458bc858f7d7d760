package scripts

import (
	"slices"
	"strings"
)

// Instead is what a source does if it cannot import what it tries to (The
// Python Language Reference, 8.4. The try statement).
type Instead struct {
	Tried []Import
	Does  *Python
}

// Import is an import of a module, and of names from it.
type Import struct {
	Module string
	Names  []string
}

// pyBlock is a try statement that is being read.
type pyBlock struct {
	indent int
	tried  []Import
	// plain tells that it has only tried to import so far.
	plain bool
	// within is what the statement stands in.
	within *Python
}

// pyBlocks are the try statements around a line.
type pyBlocks struct {
	into  *Python // what the line is noted in
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
				b.into = &Python{}
				top.within.Instead = append(top.within.Instead, Instead{top.tried, b.into})
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
func onlyImports(line []pyToken) (tried []Import, ok bool) {
	var s Python
	s.statements(line)
	if !line[0].is("import") && !line[0].is("from") || slices.ContainsFunc(line, func(t pyToken) bool { return t.is(";") }) {
		return nil, false
	}
	if line[0].is("from") && len(s.Modules) > 0 {
		from := Import{Module: s.Modules[0]}
		for _, name := range s.Modules[1:] {
			from.Names = append(from.Names, strings.TrimPrefix(name, from.Module+"."))
		}
		return []Import{from}, true
	}
	for _, module := range s.Modules {
		tried = append(tried, Import{Module: module})
	}
	return tried, len(tried) > 0
}
