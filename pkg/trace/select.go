package trace

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// SelectOptions say which events do not matter.
type SelectOptions struct {
	// Outputs are files and directories that pack itself writes.
	Outputs []string
	// Home is the user's home directory, where some names are likely secrets;
	// empty if there is none.
	Home string
	// Keep says of a likely secret that it was asked for; nil for never.
	Keep func(path string) bool
}

// Needed is a path that a run needed to be there.
type Needed struct {
	Path string // as in the events, cleaned if it has no ".."
	Type Type   // Regular, Dir or Link; a directory is needed, not what is in it
	Exec bool   // executed: its interpreter and libraries are needed too
	// Derived is not seen itself, but known to go with a file that was: to be
	// taken only if it exists.
	Derived bool
	By      []Opener // in order, each once
}

// Opener is who opened a path.
type Opener struct {
	Run int
	Exe string // of the process; empty for the caller of the traced program
}

// Secret is a needed path that was left out because it is likely to hold
// something that must not be published.
type Secret struct {
	Path string
	Why  string
	By   []Opener
}

// Selection is what Select makes of a log.
type Selection struct {
	Needed  []Needed // in path order
	Secrets []Secret // in path order
	// Foreign are paths opened in other mount namespaces, in path order: what
	// they mean cannot be told from outside.
	Foreign []string
}

// Select picks from the events of one or several runs what has to be in a
// bundle for the runs to repeat: regular files that were read or executed, links
// that were read, and directories that were opened or entered, if they were
// there before the runs. It looks at nothing but the events.
//
// Left out are paths only looked at, paths that were not there, what the runs
// made themselves and all below it, devices, pipes and sockets, the file
// systems of the kernel (/proc, /sys, /dev) and likely secrets.
func Select(events []Event, opts SelectOptions) Selection {
	s := selector{opts: opts, made: map[string]bool{}, needed: map[string]*Needed{}, secrets: map[string]*Secret{}, foreign: map[string]bool{}}
	for i := range events {
		s.see(&events[i])
	}
	return s.selection()
}

type selector struct {
	opts    SelectOptions
	made    map[string]bool // names the runs have made
	needed  map[string]*Needed
	secrets map[string]*Secret
	foreign map[string]bool
}

func (s *selector) see(e *Event) {
	name := clean(e.Path)
	if e.Foreign {
		if e.Existed && e.Intent&(Read|Exec) != 0 && !s.ignored(name) {
			s.foreign[name] = true
		}
		return
	}
	if s.ignored(name) || s.isMade(name) {
		return
	}
	if !e.Existed || e.Intent&Create != 0 && e.Intent&Read == 0 {
		// What is not there now and is later was made meanwhile.
		s.made[name] = true
		return
	}
	by := Opener{e.Run, e.Exe}
	switch {
	case e.Intent&Exec != 0 && e.Type == Regular:
		s.need(name, Regular, by).Exec = true
	case e.Intent&Read != 0 && (e.Type == Regular || e.Type == Link):
		s.read(name, e.Type, by)
	case e.Intent&List != 0 && e.Type == Dir:
		s.need(name, Dir, by)
	}
}

// read needs a file or link, unless it is a likely secret.
func (s *selector) read(name string, kind Type, by Opener) {
	why := secret(name, s.opts.Home)
	if why == "" || s.opts.Keep != nil && s.opts.Keep(name) {
		s.need(name, kind, by)
		if source := sourceOfCompiled(name); source != "" && !s.isMade(source) {
			if known := s.needed[source]; known == nil || known.Derived {
				s.need(source, Regular, by).Derived = true
			}
		}
		return
	}
	if s.secrets[name] == nil {
		s.secrets[name] = &Secret{Path: name, Why: why}
	}
	addOpener(&s.secrets[name].By, by)
}

func (s *selector) need(name string, kind Type, by Opener) *Needed {
	n := s.needed[name]
	if n == nil {
		n = &Needed{Path: name, Type: kind}
		s.needed[name] = n
	}
	if kind == Regular {
		n.Type = Regular // read behind a link as well as the link itself
	}
	n.Derived = false
	addOpener(&n.By, by)
	return n
}

func addOpener(by *[]Opener, o Opener) {
	if !slices.Contains(*by, o) {
		*by = append(*by, o)
	}
}

// isMade says whether a name, or a directory above it, was made by the runs.
func (s *selector) isMade(name string) bool {
	for ; name != "/" && name != "."; name = path.Dir(name) {
		if s.made[name] {
			return true
		}
	}
	return false
}

func (s *selector) ignored(name string) bool {
	if name == "" || name[0] != '/' {
		return true // a file without a name, such as memfd_create(2) makes
	}
	for _, dir := range []string{"/proc", "/sys", "/dev"} {
		if isWithin(name, dir) {
			return true
		}
	}
	return slices.ContainsFunc(s.opts.Outputs, func(out string) bool { return isWithin(name, out) })
}

func isWithin(name, dir string) bool {
	rest, ok := strings.CutPrefix(name, dir)
	return ok && (rest == "" || rest[0] == '/' || dir == "/")
}

// clean shortens a path only where that cannot change its meaning: what ".."
// leads to depends on links.
func clean(name string) string {
	if strings.Contains(name+"/", "/../") {
		return name
	}
	return path.Clean(name)
}

// sourceOfCompiled is the source file whose date and size CPython compares
// with what a compiled file in __pycache__ says, before it uses that file
// (importlib/_bootstrap_external.py).
func sourceOfCompiled(name string) string {
	dir, file := path.Split(name)
	parent, ok := strings.CutSuffix(dir, "/__pycache__/")
	if !ok || !strings.HasSuffix(file, ".pyc") {
		return ""
	}
	module, _, _ := strings.Cut(file, ".")
	return parent + "/" + module + ".py"
}

func (s *selector) selection() Selection {
	var out Selection
	for _, n := range s.needed {
		out.Needed = append(out.Needed, *n)
	}
	for _, x := range s.secrets {
		out.Secrets = append(out.Secrets, *x)
	}
	out.Foreign = slices.Sorted(maps.Keys(s.foreign))
	slices.SortFunc(out.Needed, func(a, b Needed) int { return strings.Compare(a.Path, b.Path) })
	slices.SortFunc(out.Secrets, func(a, b Secret) int { return strings.Compare(a.Path, b.Path) })
	return out
}
