package pipeline

import (
	"io/fs"
	"iter"
	"maps"
	"strings"

	"github.com/5bbb5df2/pack/pkg/python"
)

// pythonPackages looks for the packages of Python that a bundle needs.
type pythonPackages struct {
	*python.Finder
	rules map[string]*includer // what adds those of each directory that is searched
}

// clone copies what is found from here on; nil has none.
func (p *pythonPackages) clone() *pythonPackages {
	if p == nil {
		return nil
	}
	return &pythonPackages{p.Finder.Clone(), maps.Clone(p.rules)}
}

// includer is what adds to a bundle that which was found at a place.
func (p *pythonPackages) includer(b *builder, place python.Place, needs string) *includer {
	in := *p.rules[place.Dir]
	skip := in.skip
	in.skip = func(real string) bool { return place.LeavesOut(real) || skip != nil && skip(real) }
	// It may be of the bundle that this one was copied from.
	in.builder, in.seen, in.files = b, map[string]bool{}, nil
	in.why.Via = "for " + needs
	return &in
}

// modules notes that an interpreter of Python searches a directory.
func (r *ruler) modules(in *includer, dir, interpreter string) {
	if r.python == nil {
		r.python = &pythonPackages{python.New(r.root, r.evidence.textsOf), map[string]*includer{}}
	}
	if r.python.rules[dir] == nil {
		r.python.rules[dir] = in
	}
	r.python.Search(dir, interpreter)
}

// addModules adds the packages that are found to be needed since the last call,
// and tells whether there were any.
func (r *ruler) addModules() (bool, error) {
	if r.python == nil {
		return false, nil
	}
	b, whole := &pythonBundle{ruler: r}, r.python.Whole()
	more := r.python.Look(b)
	if b.err != nil {
		return false, b.err
	}
	if why := r.python.Whole(); why != whole {
		r.info("all packages of Python are added: %s", why)
	}
	return more, nil
}

// pythonBundle is a bundle as packages are found for it.
type pythonBundle struct {
	ruler *ruler
	err   error // the first; nothing is added after it
}

// Programs are those of the bundle.
func (b *pythonBundle) Programs() []python.Program {
	run := map[*Program]bool{}
	for _, m := range b.ruler.programs {
		for _, by := range m.Runs {
			run[by] = true
		}
	}
	out := make([]python.Program, 0, len(b.ruler.programs))
	for _, m := range b.ruler.programs {
		p := python.Program{Path: m.Path, Real: m.Real, ForScripts: run[m.Program]}
		for _, by := range m.Runs {
			p.Runs = append(p.Runs, by.Real)
		}
		out = append(out, p)
	}
	return out
}

// Files are in the order of their paths in the bundle.
func (b *pythonBundle) Files() iter.Seq2[string, fs.FileMode] {
	return func(yield func(string, fs.FileMode) bool) {
		for e := range b.ruler.plan.All() {
			if !yield(e.From.Path, e.Mode) {
				return
			}
		}
	}
}

// Add adds what is found to be needed.
func (b *pythonBundle) Add(n python.Needed) {
	if b.err == nil {
		b.err = b.ruler.addPackage(n)
	}
}

// Source adds what a source says that it needs.
func (b *pythonBundle) Source(s python.Source) {
	if b.err == nil {
		b.err = b.ruler.sourceOfPackage(s)
	}
}

func (r *ruler) addPackage(n python.Needed) error {
	in := r.python.includer(r.builder, n.Place, n.For)
	names, err := n.Files(r.root)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := in.optional(name); err != nil {
			return err
		}
	}
	return r.closeOver(in.files, true)
}

// sourceOfPackage keeps the programs that a script's own module calls, and adds the
// files and directories that a module has written out and that have the name of
// its package: distributions of Linux keep there what is not code.
func (r *ruler) sourceOfPackage(s python.Source) error {
	if s.Own {
		r.callsOf(s.Text, s.Real)
	}
	if s.Place.Dir == "" || !strings.Contains(s.Text, "/usr/") && !strings.Contains(s.Text, "/etc/") {
		return nil
	}
	in := r.python.includer(r.builder, s.Place, s.Real)
	for _, name := range namedPaths(s.Text) {
		var err error
		switch {
		case isNamedAs(s.Module, name):
			err = r.namedFile(in, name, maxOwnDir)
		case isConfiguration(name) && sameWord(s.Module, topOfEtc(name)):
			err = r.ownFile(in, name, maxOwnDir)
		}
		if err != nil {
			return err
		}
	}
	return r.closeOver(in.files, true)
}
