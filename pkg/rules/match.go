package rules

import (
	"hash/crc32"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Fact is one file of a bundle as rules see it.
type Fact struct {
	Path    string // real path in the root
	Soname  string // DT_SONAME, empty without one
	ELF     bool
	Main    bool     // an executable, not a library
	Imports []string // those of Wanted it imports
	Defines []string // those of Wanted it defines
	Texts   []string // those of Set.Texts it holds
	Words   []string // those of Set.Words it holds
	// Start is the path by which the bundle starts the file, links unresolved;
	// empty unless the fact is about that. RunBy are then the file names of the
	// interpreters of a script.
	Start string
	RunBy []string
}

// Match is a rule whose evidence was found.
type Match struct {
	Rule *Rule
	Kind Kind // of the evidence; "" if there is none
	// Evidence is what was found, as words that follow the file's name:
	// "imports iconv_open".
	Evidence string
	Symbol   string // the symbol that is the evidence, if it is one
	// Vars are the values of the variables, $lib excepted, which is not the
	// match's own. A caller that finds the rule's landmarks adds $above and $at.
	Vars map[string]string
}

// Set is the rules that may apply. It is never changed.
type Set struct {
	rules []Rule
	index index
}

// NewDefaultSet makes a set of the rules that come with pack, and others.
func NewDefaultSet(own ...[]Rule) *Set {
	base := tableRules
	if crc32.ChecksumIEEE(table) != tableSum {
		// The table was edited, and what was made of it is old: a test says so.
		list, err := Default()
		if err != nil {
			panic(err)
		}
		return NewSet(append([][]Rule{list}, own...)...)
	}
	if len(own) == 0 {
		return &Set{base, tableIndex}
	}
	return NewSet(append([][]Rule{base}, own...)...)
}

// NewSet makes a set of rules; a later one of a name replaces an earlier.
func NewSet(lists ...[]Rule) *Set {
	s := &Set{}
	last := map[string]int{}
	for i, list := range lists {
		for j := range list {
			last[list[j].Name] = i
		}
	}
	for i, list := range lists {
		for _, r := range list {
			if last[r.Name] == i {
				s.rules = append(s.rules, r)
			}
		}
	}
	s.index = newIndex(s.rules)
	return s
}

// Rules returns the rules in order.
func (s *Set) Rules() []Rule { return s.rules }

// Rule returns the rule of that name, or nil.
func (s *Set) Rule(name string) *Rule {
	for i := range s.rules {
		if s.rules[i].Name == name {
			return &s.rules[i]
		}
	}
	return nil
}

// Symbols are the names the rules ask about.
func (s *Set) Symbols() (imports, defines []string) { return s.index.Imports, s.index.Defines }

// Texts are the texts the rules ask about, each once.
func (s *Set) Texts() []string { return s.index.Texts }

// Words are the texts of scripts the rules ask about, each once.
func (s *Set) Words() []string { return s.index.Words }

// Match returns the rules for which f is evidence, each at most once.
func (s *Set) Match(f Fact) []Match {
	var out []Match
	var kinds [kindsOfOne]Kind
	for _, kind := range f.kinds(kinds[:0]) {
		list := s.index.of(kind)
		for i := range list {
			ref := &list[i]
			if !ref.mayMatch(kind, &f) {
				continue
			}
			r := &s.rules[ref.Rule]
			words, groups, ok := Evidence{kind, ref.Arg}.match(&f)
			if !ok || slices.ContainsFunc(out, func(m Match) bool { return m.Rule == r }) {
				continue
			}
			if r.in(path.Dir(f.nameFor(kind))) && r.confirmed(&f) {
				m := Match{Rule: r, Kind: kind, Evidence: words, Vars: vars(f.nameFor(kind), groups)}
				if kind == Import || kind == Define || kind == Main {
					m.Symbol = ref.Arg
				}
				out = append(out, m)
			}
		}
	}
	return out
}

// kindsOfOne is how many sorts of evidence one file may be.
const kindsOfOne = 9

// kinds appends the sorts of evidence that f may be: most files are few.
func (f *Fact) kinds(out []Kind) []Kind {
	if f.ELF && f.Start != "" {
		return append(out, Start, Main) // the rest is asked of the file itself
	}
	if f.ELF {
		out = append(out, Soname)
	}
	if len(f.Imports) > 0 {
		out = append(out, Import)
	}
	if len(f.Defines) > 0 {
		out = append(out, Define)
	}
	if f.Main {
		out = append(out, Main)
	}
	if len(f.Texts) > 0 {
		out = append(out, Text)
	}
	if len(f.Words) > 0 {
		out = append(out, Word)
	}
	out = append(out, Path)
	if f.Start != "" {
		out = append(out, Start, Script)
	}
	return out
}

func (r *Rule) in(dir string) bool {
	return len(r.In) == 0 || slices.ContainsFunc(r.In, func(pattern string) bool {
		_, ok := Glob(pattern, dir)
		return ok
	})
}

// confirmed tells whether the file that is evidence is what else the rule asks
// for.
func (r *Rule) confirmed(f *Fact) bool {
	is := func(e Evidence) bool {
		_, _, ok := e.match(f)
		return ok
	}
	return (len(r.And) == 0 || slices.ContainsFunc(r.And, is)) && !slices.ContainsFunc(r.Unless, is)
}

// After returns the rules that apply because m did, with its variables.
func (s *Set) After(m Match) []Match {
	var out []Match
	for _, ref := range s.index.of(Fired) {
		if ref.Arg == m.Rule.Name {
			out = append(out, Match{Rule: &s.rules[ref.Rule], Kind: Fired, Evidence: m.Evidence, Vars: m.Vars})
		}
	}
	return out
}

// For returns the match of the rule with a file that evidence e of kind Soname,
// Path or Start is about, as if that were in the bundle.
func (r *Rule) For(e Evidence, file string) Match {
	f := Fact{Path: file, Soname: path.Base(file), Start: file}
	_, groups, _ := e.match(&f)
	return Match{Rule: r, Kind: e.Kind, Vars: vars(f.nameFor(e.Kind), groups)}
}

func (e Evidence) match(f *Fact) (words string, groups []string, ok bool) {
	switch e.Kind {
	case Soname:
		for _, name := range []string{f.Soname, path.Base(f.Path)} {
			if groups, ok = Glob(e.Arg, name); ok {
				return "is " + name, groups, true
			}
		}
	case Import:
		if slices.Contains(f.Imports, e.Arg) {
			return "imports " + e.Arg, nil, true
		}
	case Define:
		if slices.Contains(f.Defines, e.Arg) {
			return "defines " + e.Arg, nil, true
		}
	case Main:
		if f.Main && (slices.Contains(f.Defines, e.Arg) || slices.Contains(f.Imports, e.Arg)) {
			return "is a program around " + e.Arg, nil, true
		}
	case Text:
		if slices.Contains(f.Texts, e.Arg) {
			return "holds the text " + strings.Trim(e.Arg, "\x00"), nil, true
		}
	case Word:
		if slices.Contains(f.Words, e.Arg) {
			return "holds the text " + e.Arg, nil, true
		}
	case Path:
		groups, ok = Glob(e.Arg, f.Path)
		return "is in the bundle", groups, ok
	case Start:
		if groups, ok = Glob(e.Arg, f.Start); ok {
			return "is started as " + f.Start, groups, true
		}
	case Script:
		for _, name := range f.RunBy {
			if groups, ok = Glob(e.Arg, name); ok {
				return "is run by " + name, groups, true
			}
		}
	}
	return "", nil, false
}

// Glob matches name against a pattern in which "*" stands for any text without
// a slash and "**" for any text, and returns what each stood for, the shortest
// first.
func Glob(pattern, name string) (groups []string, ok bool) {
	head, rest, star := strings.Cut(pattern, "*")
	tail, ok := strings.CutPrefix(name, head)
	if !ok || !star {
		return nil, ok && tail == ""
	}
	if end := rest[strings.LastIndexByte(rest, '*')+1:]; !strings.HasSuffix(tail, end) {
		return nil, false
	}
	rest, deep := strings.CutPrefix(rest, "*")
	if deep && rest == "" {
		return []string{tail}, true
	}
	next, _, _ := strings.Cut(rest, "*")
	for n := 0; n <= len(tail); n++ {
		i := strings.Index(tail[n:], next)
		if i < 0 || !deep && strings.IndexByte(tail[:n+i], '/') >= 0 {
			break
		}
		n += i
		if more, ok := Glob(rest, tail[n:]); ok {
			return append([]string{tail[:n]}, more...), true
		}
	}
	return nil, false
}

// nameFor is the path that evidence of a kind is about.
func (f *Fact) nameFor(kind Kind) string {
	if kind == Start || kind == Main && f.Start != "" {
		return f.Start
	}
	return f.Path
}

func vars(name string, groups []string) map[string]string {
	v := map[string]string{"dir": path.Dir(name), "name": path.Base(name), "prefix": Prefix(path.Dir(name))}
	for i, g := range groups {
		v[strconv.Itoa(i+1)] = g
	}
	return v
}

// Prefix is the installation prefix a directory of programs or libraries
// belongs to: /usr for /usr/bin and for /usr/lib/x86_64-linux-gnu.
func Prefix(dir string) string {
	base := path.Base(dir)
	if up := path.Dir(dir); strings.Count(base, "-") >= 2 && path.Base(up) == "lib" {
		return path.Dir(up)
	}
	switch base {
	case "bin", "sbin", "lib", "lib64", "lib32", "libexec":
		return path.Dir(dir)
	}
	return dir
}

// Expand replaces the variables of a glob; $lib, which has several values, makes
// several results, and a variable without a value makes none.
func (m Match) Expand(text string, lib []string) []string {
	if !strings.Contains(text, "$") {
		return []string{text}
	}
	out := []string{""}
	for {
		literal, rest, found := strings.Cut(text, "$")
		out = appendAll(out, []string{literal})
		if !found {
			return out
		}
		name := varName(rest)
		var values []string
		if name == "lib" {
			values = lib
		} else if v, ok := m.Vars[name]; ok {
			values = []string{quote(strings.TrimSuffix(v, "/"))}
		}
		out = appendAll(out, values)
		text = rest[len(name):]
	}
}

// quote makes a glob that matches s alone.
func quote(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte(`*?[{}\,`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func appendAll(heads, tails []string) []string {
	var out []string
	for _, h := range heads {
		for _, t := range tails {
			out = append(out, h+t)
		}
	}
	return out
}

// varName is the name of the variable that s begins with: digits, or letters.
func varName(s string) string {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end > 0 {
		return s[:end]
	}
	for end < len(s) && (s[end] >= 'a' && s[end] <= 'z' || s[end] >= 'A' && s[end] <= 'Z' || s[end] == '_') {
		end++
	}
	return s[:end]
}

func isVariable(name string) bool {
	switch name {
	case "prefix", "dir", "name", "above", "at", "lib":
		return true
	}
	return name != "" && name[0] >= '0' && name[0] <= '9'
}
