package pipeline

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// selfLink is how a program asks for its own place, goBuild begins what the
// linker of Go writes into a program, whose strings have no ends, and rustBuild
// the names of sources of Rust's library.
const (
	selfLink  = "/proc/self/exe"
	goBuild   = "\xff Go buildinf:"
	rustBuild = "/rustc/"
)

// libcWords are names that the C library has among its strings, too.
var libcWords = lazyregexp.New(`/(?:lib\w*|bin|sbin|usr|etc|var|tmp|dev|proc|sys|tls|locale|C|POSIX)$`)

// placed are directories that somebody made for what is in them.
var placed = lazyregexp.New(`^/(?:(?:opt|srv)/)?[^/]+$`)

// ofProgram returns what a program needs of its application: all if it finds
// that, or else what it names; and what it names elsewhere.
func (r *ruler) ofProgram(h *home, real string) []string {
	obj := r.objects[real].Obj
	s := r.ownStrings(h, real)
	out := s.paths
	if h.dir == "" {
		return out
	}
	itself := s.itself
	if s.goes || s.rusts || closure.Classify(obj) == closure.Static {
		// The libraries of Go, of Rust and of C where it is a part of the program
		// ask for it too.
		itself = itself && (h.dir != h.here || placed.MatchString(h.dir) || sameWord(path.Base(h.dir), path.Base(real)))
	}
	itself = itself || strings.Contains(obj.Rpath+obj.Runpath, "$ORIGIN/..")
	itself = itself || slices.ContainsFunc(append(strings.Split(obj.Rpath+":"+obj.Runpath, ":"), out...), h.has)
	if itself && !h.built && h.small {
		return append(out, h.dir)
	}
	if s.goes && h.built {
		return out
	}
	if closure.Classify(obj) == closure.Static {
		s.entries = slices.DeleteFunc(s.entries, func(name string) bool { return libcWords.MatchString(name) })
	}
	return append(out, s.entries...)
}

// sourceFile is what compilers write into programs about where these are from.
var sourceFile = lazyregexp.New(`\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inc|ipp|tcc|rs|go|s|S|hs|ml|d|zig|nim|swift|f90|y|l|o|a)$|/(?:src|include|target|deps|CMakeFiles)$`)

// ownStrings are the strings of a program that say what else it needs.
type ownStrings struct {
	paths   []string // absolute
	entries []string // of its home
	itself  bool     // it asks for its own place
	goes    bool     // it is written in Go
	rusts   bool     // it is written in Rust
}

// relativeDir is a string of C that is a path upwards from the program's own
// directory, or ends in one.
var relativeDir = lazyregexp.New(`^[\x00/"}](\.\./[\w.+/-]{2,})`)

// ownStrings reads a program for them.
func (r *ruler) ownStrings(h *home, real string) ownStrings {
	var s ownStrings
	for _, name := range r.evidence.compiledDirs(real) {
		if !isSystemPath(name) && !sourceFile.MatchString(name) && !inSearchPath(r.objects[real].Obj, name) {
			s.paths = append(s.paths, name)
		}
	}
	f, size, err := rootfs.OpenRegular(r.root, real)
	if err != nil {
		return s
	}
	defer f.Close()
	const shortest, longest, most = 3, 512, 2000
	texts := []string{selfLink, goBuild, "../", rustBuild}
	fixed := len(texts)
	var entries []string
	for _, e := range h.entries {
		if base := path.Base(e); len(base) >= shortest && len(entries) < most && !sourceFile.MatchString(e) && !notShipped.MatchString(e) {
			entries, texts = append(entries, e), append(texts, base)
		}
	}
	search, have := newTextSearch(texts), make([]bool, len(texts))
	chunks(f, size, func(b []byte) {
		search.each(b, func(text, at int) {
			have[text] = have[text] || text < fixed || isWholeName(b, at, len(texts[text]))
			if text == 2 && len(s.paths) < maxCompiled {
				if m := relativeDir.FindStringSubmatch(string(b[max(0, at-1):min(len(b), at+longest)])); m != nil {
					s.paths = append(s.paths, path.Join(h.here, m[1]))
				}
			}
		})
	})
	s.itself, s.goes, s.rusts = have[0], have[1], have[3]
	s.paths = slices.DeleteFunc(s.paths, func(name string) bool { return sourceFile.MatchString(name) })
	for i, e := range entries {
		if have[i+fixed] {
			s.entries = append(s.entries, e)
		}
	}
	return s
}

// isWholeName tells whether a name in a program's strings is a path, or its
// first part.
func isWholeName(b []byte, at, size int) bool {
	before, after := byte(0), byte(0)
	if at > 0 {
		before = b[at-1]
	}
	if at+size < len(b) {
		after = b[at+size]
	}
	if before == '/' && at > 1 {
		switch {
		case b[at-2] == 0, b[at-2] == '.', b[at-2] == '}', b[at-2] == 's' && at > 2 && b[at-3] == '%':
			before = 0
		default:
			return false
		}
	}
	return (before == 0 || before == '"' || before == '=') && (after == 0 || after == '/' || after == '"')
}

var (
	// librarySoname is a string that is the name of a library, and commandLine one
	// that a shell is given: a command with an option, or several.
	librarySoname = lazyregexp.New(`^lib[\w.+-]*\.so(?:\.[\d.]*\d)?$`)
	commandLine   = lazyregexp.New(`^(?:/[\w./-]*/)?[a-z][\w.+-]*(?: [\x20-\x7e]*)?(?: -\w| ?[|<>&] ?)[\x20-\x7e]*$`)
)

// calledBy adds the libraries that a program opens by a name that is written
// out, and the commands that it gives to a shell; not large ones, which it can do
// without more often than not.
func (r *ruler) calledBy(in *includer, real string) error {
	imports := r.evidence.of(real).Imported
	opens := slices.Contains(imports, "dlopen") || slices.Contains(imports, "dlmopen")
	runs := slices.Contains(imports, "system") || slices.Contains(imports, "popen")
	if !opens && !runs {
		return nil
	}
	sonames, lines := r.calledNames(real)
	i := slices.IndexFunc(r.programs, func(m *member) bool { return m.Real == real && m.Graph != nil })
	for _, name := range sonames {
		if opens && i >= 0 {
			if err := r.smallLibrary(r.programs[i], name, in.why); err != nil {
				return err
			}
		}
	}
	for _, line := range lines {
		if !runs {
			break
		}
		r.guardedOf(scripts.ScanShell(line).Commands(), in.why)
		if err := r.command("/bin/sh", in.why); err != nil {
			return err
		}
	}
	return nil
}

// calledNames returns the strings of a program that are names of libraries, and
// those that are command lines.
func (r *ruler) calledNames(real string) (sonames, lines []string) {
	f, size, err := rootfs.OpenRegular(r.root, real)
	if err != nil {
		return nil, nil
	}
	defer f.Close()
	const longest = 500
	chunks(f, size, func(b []byte) {
		for part := range bytes.SplitSeq(b, []byte{0}) {
			if len(part) > longest || len(sonames)+len(lines) > maxNamedPaths {
				continue
			}
			switch {
			case bytes.HasPrefix(part, []byte("lib")) && bytes.Contains(part, []byte(".so")):
				if text := string(part); librarySoname.MatchString(text) && !slices.Contains(sonames, text) {
					sonames = append(sonames, text)
				}
			case bytes.ContainsAny(part, "|<>&") || bytes.Contains(part, []byte(" -")):
				if text := string(part); commandLine.MatchString(text) {
					lines = append(lines, text)
				}
			}
		}
	})
	return sonames, lines
}

// smallLibrary adds a library that a program may open, if that is not large.
func (r *ruler) smallLibrary(m *member, name string, why plan.Reason) error {
	g, _, err := r.resolver.Dlopen(m.Graph, nil, name)
	if err != nil || g == nil {
		return nil // it may do without
	}
	left := int64(maxGuarded)
	for _, n := range g.Nodes {
		if r.plan.Get(n.Real) == nil && !r.measure(n.Real, &left) {
			return nil
		}
	}
	_, err = r.open(m, m.Graph.Main, name, why)
	return err
}
