package scripts

import (
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
)

// Python is what one file of Python says about the modules it needs (The Python
// Language Reference, 7.11. The import statement; importlib in its library's).
type Python struct {
	// Modules are the dotted names of those it imports, with a leading dot for
	// each package upward if they are of its own.
	Modules []string
	// Words are its strings that may be the name of a module, of a
	// distribution or of a group of entry points.
	Words []string
	// Packages are those of which it imports modules by names that it computes,
	// and Inside tells that its own package is one.
	Packages []string
	Inside   bool
	// Computed tells that it imports modules by names that are no strings of
	// the call, and Runs that it runs or looks into code that its user names.
	Computed, Runs bool
	// Metadata tells that it asks for distributions by their names.
	Metadata bool
	// Instead is what it does where an import fails.
	Instead []Instead
}

var (
	// pyImporters are the functions that take the name of a module (importlib,
	// builtins, pkgutil, imp).
	pyImporters = []string{"import_module", "__import__", "find_spec", "find_loader", "get_loader", "resolve_name", "load_module"}
	// pyRunners are functions that run a file, or list all that is installed
	// (builtins, importlib, imp, importlib.metadata, site).
	pyRunners = []string{"exec", "execfile", "spec_from_file_location", "SourceFileLoader", "load_source", "distributions", "packages_distributions", "getsitepackages"}
	// pyRunning are modules of the standard library that run or explain what
	// their user names, and pkg_resources' list of all that is installed.
	pyRunning = []string{"runpy", "code", "codeop", "pydoc", "working_set"}
	// pyListers list the modules of the whole search path if they are not told
	// where (pkgutil).
	pyListers = []string{"iter_modules", "walk_packages"}
	// pyImporting are the modules that have these functions. A function of another
	// module may have the name of one; import_module it is called where it is that
	// one.
	pyImporting = []string{"importlib", "importlib_metadata", "imp", "pkgutil", "builtins", "site"}
	// pyMetadata are modules that know distributions by name.
	pyMetadata = []string{"metadata", "importlib_metadata", "pkg_resources", "require", "load_entry_point"}
	// pyInside are the names by which a module speaks of its own package.
	pyInside = []string{"__name__", "__package__", "__path__", "__spec__"}

	pyWord = lazyregexp.New(`^[A-Za-z_][\w.:-]*(?:[=<>~!]=[\w.]*)?$`)
)

// longestPyWord bounds, in bytes, the strings that are looked at.
const longestPyWord = 128

// ScanPython reads a file of Python. What is no Python says something, too.
func ScanPython(text string) *Python {
	all := &Python{}
	blocks := pyBlocks{into: all}
	seen, others := map[string]bool{}, map[string]bool{}
	typing := -1 // the indentation of "if TYPE_CHECKING:" while below it
	pyLines(text, func(indent int, line []pyToken) {
		if typing >= 0 && indent > typing {
			return
		}
		typing = -1
		blocks.enter(indent, line)
		s := blocks.into
		if isTyping(line) {
			typing = indent
			return
		}
		s.statements(line)
		ofOthers(line, others)
		for i, t := range line {
			switch {
			case t.kind == pyName && !others[t.text]:
				s.name(line, i)
			case t.kind == pyString && len(t.text) <= longestPyWord && !seen[t.text] && pyWord.MatchString(t.text):
				seen[t.text] = true
				s.Words = append(s.Words, t.text)
				// [sys.executable, "-m", "module"]
				if i > 1 && line[i-1].is(",") && line[i-2].kind == pyString && line[i-2].text == "-m" {
					s.Modules = append(s.Modules, t.text)
				}
			}
		}
	})
	return all
}

// ofOthers notes the names that a line imports from modules without a function
// that imports, and are no other name of import_module.
func ofOthers(line []pyToken, into map[string]bool) {
	name, n := dottedName(line[1:])
	if !line[0].is("from") || n+1 >= len(line) || slices.Contains(pyImporting, strings.Split(name, ".")[0]) {
		return
	}
	for _, t := range line[n+1:] {
		if t.kind == pyName && t.text != pyImporters[0] {
			into[t.text] = true
		}
	}
}

// AllModules are the modules that a source imports, in whatever case.
func (s *Python) AllModules() []string {
	out := s.Modules
	for _, i := range s.Instead {
		out = append(out, i.Does.AllModules()...)
	}
	return out
}

// StartModules are the modules that a source imports as it is imported, and
// those of code that it holds as a string; not if that code sees to it that they
// may be missing.
func StartModules(text string) []string {
	var s Python
	pyLines(text, func(indent int, line []pyToken) {
		if indent > 0 {
			return
		}
		s.statements(line)
		for i, t := range line {
			switch {
			case t.kind == pyName:
				s.name(line, i)
			case t.kind == pyString && strings.Contains(t.text, "import") && !strings.Contains(t.text, "except"):
				s.Modules = append(s.Modules, ScanPython(strings.ReplaceAll(t.text, `\n`, "\n")).Modules...)
			}
		}
	})
	return s.Modules
}

// isTyping tells that what follows a line is read by type checkers alone
// (typing.TYPE_CHECKING).
func isTyping(line []pyToken) bool {
	return line[0].is("if") && line[len(line)-1].is(":") &&
		slices.ContainsFunc(line, func(t pyToken) bool { return t.is("TYPE_CHECKING") }) &&
		!slices.ContainsFunc(line, func(t pyToken) bool { return t.is("not") || t.is("or") })
}

// statements reads the import statements of a logical line: it may be one,
// or have one behind a colon or semicolon.
func (s *Python) statements(line []pyToken) {
	for i, t := range line {
		if i > 0 && !line[i-1].is(":") && !line[i-1].is(";") {
			continue
		}
		switch {
		case t.is("import"):
			s.importing(line[i+1:])
		case t.is("from"):
			s.importingFrom(line[i+1:])
		}
	}
}

// importing reads what follows "import": a.b as c, d.
func (s *Python) importing(rest []pyToken) {
	for {
		name, n := dottedName(rest)
		if name == "" {
			return
		}
		s.module(name)
		for rest = rest[n:]; len(rest) > 0 && !rest[0].is(",") && !rest[0].is(";"); rest = rest[1:] {
		}
		if len(rest) == 0 || rest[0].is(";") {
			return
		}
		rest = rest[1:]
	}
}

// importingFrom reads what follows "from": .a import b as c, or (b, c). What is
// imported from a package may be a module.
func (s *Python) importingFrom(rest []pyToken) {
	name, n := dottedName(rest)
	if name == "" || n >= len(rest) || !rest[n].is("import") {
		return
	}
	s.module(name)
	after := true
	for _, t := range rest[n+1:] {
		switch {
		case t.is(";"):
			return
		case t.is(","), t.is("("):
			after = true
		case after && t.kind == pyName:
			after = false
			if strings.HasSuffix(name, ".") {
				s.module(name + t.text)
			} else {
				s.module(name + "." + t.text)
			}
			s.named(t.text)
		}
	}
}

// dottedName reads a dotted name and tells of how many tokens it is.
func dottedName(tokens []pyToken) (name string, n int) {
	var b strings.Builder
	for i, t := range tokens {
		if !t.is(".") && t.kind != pyName || t.is("import") || t.is("as") {
			return b.String(), i
		}
		if i > 0 && t.kind == pyName && tokens[i-1].kind == pyName {
			return b.String(), i
		}
		b.WriteString(t.text)
	}
	return b.String(), len(tokens)
}

func (s *Python) module(name string) {
	s.Modules = append(s.Modules, name)
	first, rest, _ := strings.Cut(name, ".")
	s.named(first)
	if first == "importlib" {
		s.named(rest)
	}
}

// named notes the name of a module or of what is imported from one.
func (s *Python) named(name string) {
	s.Runs = s.Runs || slices.Contains(pyRunning, name)
	s.Metadata = s.Metadata || slices.Contains(pyMetadata, name)
}

// name looks at the name at a place of a line.
func (s *Python) name(line []pyToken, i int) {
	name := line[i].text
	switch name {
	case "working_set":
		s.Runs = true
	case "__getattr__": // of a module, for what it imports when it is asked for
		s.Inside = true
	}
	if i+1 >= len(line) || !line[i+1].is("(") || i > 0 && line[i-1].is("def") {
		return
	}
	switch {
	case slices.Contains(pyImporters, name):
		s.call(arguments(line[i+2:]))
	case name == "exec" && i > 0 && line[i-1].is("."): // a method, as Qt's
	case slices.Contains(pyRunners, name):
		s.Runs = true
	case slices.Contains(pyListers, name):
		where := arguments(line[i+2:])
		s.Runs, s.Inside = s.Runs || len(where) == 0, true
	}
}

// arguments parts what stands between brackets at its commas.
func arguments(rest []pyToken) [][]pyToken {
	var out [][]pyToken
	depth, start := 0, 0
	for i, t := range rest {
		switch {
		case t.is("("), t.is("["), t.is("{"):
			depth++
		case depth > 0 && (t.is(")") || t.is("]") || t.is("}")):
			depth--
		case depth == 0 && (t.is(",") || t.is(")")):
			if i > start {
				out = append(out, rest[start:i])
			}
			start = i + 1
			if t.is(")") {
				return out
			}
		}
	}
	return out
}

// call reads a call of a function that imports: by a string, by one that begins
// with the name of a package and a dot, or by a name of the own package. Whatever
// else it is called with is computed.
func (s *Python) call(args [][]pyToken) {
	if len(args) == 0 {
		return
	}
	first := args[0]
	head := first[0]
	switch prefix, _, dotted := strings.Cut(head.text, "."); {
	case head.kind == pyString && len(first) == 1:
		s.Modules = append(s.Modules, head.text)
	case head.kind != pyName && head.kind != pySign && dotted && !strings.ContainsAny(prefix, "{%"):
		s.Packages = append(s.Packages, prefix)
	case slices.ContainsFunc(slices.Concat(args...), func(t pyToken) bool {
		return t.kind == pyName && slices.Contains(pyInside, t.text) || t.kind == pyFormat && mentionsOwn(t.text)
	}):
		s.Inside = true
	default:
		s.Computed = true
	}
}

// mentionsOwn tells that an f-string begins with the name of the own package.
func mentionsOwn(text string) bool {
	return strings.HasPrefix(text, "{__name__}") || strings.HasPrefix(text, "{__package__}")
}
