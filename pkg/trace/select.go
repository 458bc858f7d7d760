package trace

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"
)

// SelectOptions say which events do not matter.
type SelectOptions struct {
	// Outputs are real paths of files and directories that pack itself writes.
	Outputs []string
	// Home is the user's home directory, where some names are likely secrets;
	// empty if there is none.
	Home string
	// Keep says of a likely secret that it was asked for; nil for never.
	Keep func(path string) bool
	// Resolve gives the real path of a name, links followed as far as there is
	// something, so that another spelling is known for what it is; nil where
	// names are compared as they are.
	Resolve func(name string) string
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
	// Foreign are paths that were opened in other mount namespaces and lead to
	// other files there, in path order.
	Foreign []string
}

// Select picks from the events of one or several runs what has to be in a
// bundle for the runs to repeat: regular files that were read or executed, links
// that were read, and directories that were opened, entered or written in, if
// they were there before the runs. It looks at nothing but the events and opts.
//
// Left out are paths only looked at, paths that were not there, what the runs
// made or emptied themselves and all below it, devices, pipes and sockets, the
// file systems of the kernel (/proc, /sys, /dev) and likely secrets. Of a link
// into a file system of the kernel, the link is needed.
func Select(events []Event, opts SelectOptions) Selection {
	if opts.Resolve == nil {
		opts.Resolve = func(name string) string { return name }
	}
	s := selector{opts: opts, made: map[string]bool{}, needed: map[string]*Needed{}, secrets: map[string]*Secret{}, foreign: map[string]bool{}}
	s.homes = []string{"/root", opts.Resolve("/root")}
	if opts.Home != "" {
		s.homes = append(s.homes, path.Clean(opts.Home), opts.Resolve(path.Clean(opts.Home)))
	}
	for i := range events {
		s.see(&events[i])
	}
	return s.selection()
}

type selector struct {
	opts    SelectOptions
	homes   []string
	made    map[string]bool // real paths the runs have made
	needed  map[string]*Needed
	secrets map[string]*Secret
	foreign map[string]bool
}

func (s *selector) see(e *Event) {
	if !matters(e) {
		return
	}
	name, found := clean(e.Path), foundDir(e)
	at, real := s.place(name), s.opts.Resolve(name)
	if s.isOurs(at) || s.isOurs(real) || isKernel(at) {
		return
	}
	if e.Foreign {
		if e.Existed && e.Intent&(Read|Exec) != 0 {
			s.foreign[name] = true
		}
		return
	}
	by := Opener{e.Run, e.Exe}
	if e.Intent&Create != 0 || e.Intent&Write != 0 && followsLinks(e.Call) {
		s.derive(parent(name), Dir, by)
	}
	switch {
	case s.isMade(at) || e.Type != Link && s.isMade(real):
	case !e.Existed, e.Intent&Create != 0:
		// What is not there now and is later was made meanwhile.
		s.made[at] = true
		if followsLinks(e.Call) {
			s.made[real] = true
		}
	case isKernel(real):
		s.need(name, Link, by)
	case found && e.Type == Dir:
		s.need(name, Dir, by)
	default:
		s.use(e, name, real, by)
	}
}

// matters says whether an event can change a selection at all.
func matters(e *Event) bool {
	if !strings.HasPrefix(e.Path, "/") { // such as a file of memfd_create(2)
		return false
	}
	return e.Intent != Stat || foundDir(e)
}

// foundDir says that a process wanted to make a directory, and that the one it
// found was as good.
func foundDir(e *Event) bool { return e.Existed && strings.HasPrefix(e.Call, "mkdir") }

// use needs what was there before the runs, according to what is done with it.
func (s *selector) use(e *Event, name, real string, by Opener) {
	switch {
	case e.Intent&Exec != 0 && e.Type == Regular:
		s.need(name, Regular, by).Exec = true
	case e.Intent&Read != 0 && (e.Type == Regular || e.Type == Link):
		s.read(name, real, e.Type, by)
	case e.Intent&List != 0 && e.Type == Dir:
		s.need(name, Dir, by)
	}
}

// followsLinks says that a call opens a file, or makes the one that a link
// leads to, while others change names.
func followsLinks(call string) bool { return strings.HasPrefix(call, "open") || call == "creat" }

// place is where a name is: links on the way are followed, the last is not.
func (s *selector) place(name string) string {
	dir, base := path.Split(name)
	if base == ".." {
		return s.opts.Resolve(name)
	}
	return path.Join(s.opts.Resolve(path.Clean(dir)), base)
}

// read needs a file or link, unless it is a likely secret.
func (s *selector) read(name, real string, kind Type, by Opener) {
	why := cmp.Or(secret(name, s.homes), secret(real, s.homes))
	if why == "" || s.opts.Keep != nil && s.opts.Keep(name) {
		s.need(name, kind, by)
		for _, file := range []string{sourceOfCompiled(name), pythonLandmark(name)} {
			if file != "" {
				s.derive(file, Regular, by)
			}
		}
		return
	}
	if s.secrets[name] == nil {
		s.secrets[name] = &Secret{Path: name, Why: why}
	}
	addOpener(&s.secrets[name].By, by)
}

// derive needs what goes with something that was seen.
func (s *selector) derive(name string, kind Type, by Opener) {
	at := s.place(name)
	if name == "/" || cmp.Or(secret(name, s.homes), secret(at, s.homes)) != "" || isKernel(at) || s.isOurs(at) || s.isMade(at) {
		return
	}
	if known := s.needed[name]; known == nil || known.Derived {
		s.need(name, kind, by).Derived = true
	}
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

func (s *selector) isOurs(name string) bool {
	return slices.ContainsFunc(s.opts.Outputs, func(out string) bool { return isWithin(name, out) })
}

// isKernel says that a real path is in a file system the kernel fills.
func isKernel(name string) bool {
	return isWithin(name, "/proc") || isWithin(name, "/sys") || isWithin(name, "/dev")
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

// parent is the directory that a name from clean is in.
func parent(name string) string {
	dir, _ := path.Split(strings.TrimRight(name, "/"))
	return cmp.Or(strings.TrimRight(dir, "/"), "/")
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

// pythonLandmark is the file that CPython takes a directory for its library by.
// It only looks whether it is there: the module itself is frozen since 3.11
// (Modules/getpath.py, STDLIB_LANDMARKS).
func pythonLandmark(name string) string {
	for dir := path.Dir(name); dir != "/" && dir != "."; dir = path.Dir(dir) {
		if strings.HasPrefix(path.Base(dir), "python3.") && strings.HasPrefix(path.Base(path.Dir(dir)), "lib") {
			return dir + "/os.py"
		}
	}
	return ""
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
