// Package glob matches paths against shell patterns, on a root file system
// ([Expand]) and on names alone ([Compile]).
//
// The syntax is one, but "/" is special to Expand only:
//
//	pattern     matches                                    Expand     Compile
//	*           any number of characters, also none        not "/"    any
//	?           one character                              not "/"    any
//	[abc] [a-z] one of these characters                    not "/"    any
//	[!a] [^a]   one character that is not among these      not "/"    any
//	**          any number of characters                   any        any
//	**/         as a whole component: any directories, also none
//	{a,b*}      either pattern; may be nested, may hold "/"
//	\c          the character c itself, also inside [ ] and { }
//	c           any other character: itself
//
// The corners:
//
//   - A name that begins with a dot is matched like any other.
//   - A character is a UTF-8 sequence, or one byte that belongs to none.
//   - In brackets "]" comes first to stand for itself, as in []a] and [!]a];
//     "-" comes first or last. Classes such as [[:alpha:]] are not known.
//   - Outside braces "," and "}" are characters, outside brackets "]", "!",
//     "^" and "-" are. {} matches nothing at all: a{}b is ab.
//   - An unclosed [ or {, a reversed range and a backslash at the end are a
//     [SyntaxError], as is a pattern that is empty, too long or too branched.
//
// Compile does what the glob crate of Rust does by default, which magicpak's
// --exclude goes by; braces, backslashes and [^a] are additions to it.
package glob

import (
	"fmt"
	"strings"

	gobwas "github.com/gobwas/glob"
)

// SyntaxError says why a pattern is no pattern.
type SyntaxError struct {
	Pattern string
	Reason  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("cannot use pattern %q: %s", e.Pattern, e.Reason)
}

const special = `*?[{}\,`

// Quote returns a pattern that matches name and nothing else.
func Quote(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if strings.IndexByte(special, name[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(name[i])
	}
	return b.String()
}

// Matcher is a compiled pattern. It is safe for concurrent use.
type Matcher struct {
	pattern      string
	alternatives []*gobwas.Pattern
}

// Compile prepares pattern for matching whole paths, in which "/" is a
// character like any other to every wildcard. The error is a *SyntaxError.
func Compile(pattern string) (*Matcher, error) {
	alternatives, err := parse(pattern)
	if err != nil {
		return nil, err
	}
	m := &Matcher{pattern: pattern}
	for _, tokens := range alternatives {
		p, err := compile(tokens, false)
		if err != nil {
			return nil, &SyntaxError{pattern, err.Error()}
		}
		m.alternatives = append(m.alternatives, p)
	}
	return m, nil
}

// Match reports whether the pattern matches all of path.
func (m *Matcher) Match(path string) bool {
	name := encode(path)
	for _, p := range m.alternatives {
		if p.Match(name) {
			return true
		}
	}
	return false
}

// String returns the pattern as given to Compile.
func (m *Matcher) String() string { return m.pattern }
