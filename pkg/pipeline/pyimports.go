package pipeline

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

const (
	// maxPyFile bounds the files of Python that are read, in bytes, and maxPyFiles
	// their number. With more, all packages are added.
	maxPyFile  = 16 << 20
	maxPyFiles = 50_000
)

// pyImports finds the packages of Python that a bundle needs: those that its
// scripts import, what these import, and what their distributions require. Code
// is the program's own if it is not in a directory of packages, or is of the
// distribution that a script belongs to. Where the program's own code imports by
// names that it computes, or runs the code of its user, all packages are needed;
// in other packages such names are among the strings that are written out.
type pyImports struct {
	*ruler
	pyPlaces
	interpreters map[string]bool   // real paths
	scanned      map[string]bool   // real paths of files
	taken        map[string]bool   // what was added: modules, and paths
	reached      map[string]bool   // modules of packages that are imported, see moduleKey
	all          map[string]bool   // packages of which any module may be
	ownUnits     map[string]bool   // modules of the programs' own distributions
	unclear      map[string]string // by module, a file that imports what cannot be told
	by           string            // what is looked at: the reason for what is added
	library      string            // the directory of the standard library; "" before it is seen
	files        int
	whole        bool
	added        bool // since the last look
}

func newPyImports() *pyImports {
	p := &pyImports{interpreters: map[string]bool{}, scanned: map[string]bool{}, taken: map[string]bool{}, reached: map[string]bool{}, all: map[string]bool{}, ownUnits: map[string]bool{}, unclear: map[string]string{}}
	p.entries, p.units = map[string][]pyEntry{}, map[string][]pyEntry{}
	p.dists, p.owners, p.groups, p.makers = map[string][]*pyDist{}, map[string][]*pyDist{}, map[string][]*pyDist{}, map[string][]*pyDist{}
	return p
}

// clone copies what is found from here on; nil has none.
func (p *pyImports) clone() *pyImports {
	if p == nil {
		return nil
	}
	c := *p
	for _, m := range []*map[string]bool{&c.interpreters, &c.scanned, &c.taken, &c.ownUnits, &c.reached, &c.all} {
		*m = maps.Clone(*m)
	}
	c.unclear = maps.Clone(p.unclear)
	c.pyPlaces = p.pyPlaces.clone()
	return &c
}

// modules notes that an interpreter of Python searches a directory.
func (r *ruler) modules(in *includer, dir, interpreter string) {
	if r.python == nil {
		r.python = newPyImports()
	}
	r.python.addDir(r, dir, in)
	r.python.interpreters[interpreter] = true
}

// addModules adds the packages that are found to be needed since the last call,
// and tells whether there were any.
func (r *ruler) addModules() (bool, error) {
	p := r.python
	if p == nil || len(p.dirs) == 0 {
		return false, nil
	}
	p.ruler, p.added = r, false
	if err := p.look(); err != nil {
		return false, err
	}
	return p.added, nil
}

func (p *pyImports) look() error {
	var files []string
	p.pathFiles()
	for e := range p.plan.All() {
		if p.library == "" && path.Base(e.From.Path) == "os.py" && pyStandard.MatchString(e.From.Path) {
			p.library = path.Dir(e.From.Path)
		}
		if e.Mode.IsRegular() && !p.scanned[e.From.Path] && (strings.HasSuffix(e.From.Path, ".py") || pyModuleFile.MatchString(path.Base(e.From.Path))) {
			files = append(files, e.From.Path)
		}
	}
	for _, m := range slices.Clone(p.programs) {
		switch {
		case p.interpreters[m.Real] && !p.interprets(m):
			return p.takeAll(m.Path + " imports what it is told")
		case slices.ContainsFunc(m.Runs, func(run *Program) bool { return p.interpreters[run.Real] }):
			if err := p.script(m); err != nil {
				return err
			}
		}
	}
	if err := p.atStart(); err != nil {
		return err
	}
	for _, file := range files {
		if err := p.file(file); err != nil {
			return err
		}
	}
	for _, module := range slices.Sorted(maps.Keys(p.unclear)) {
		if p.ownUnits[module] {
			return p.takeAll(p.unclear[module] + " imports what cannot be told")
		}
	}
	return nil
}

// interprets tells whether an interpreter is in the bundle for a script alone.
func (p *pyImports) interprets(interp *member) bool {
	return slices.ContainsFunc(p.programs, func(m *member) bool { return slices.Contains(m.Runs, interp.Program) })
}

// takeAll adds the directories as they are.
func (p *pyImports) takeAll(why string) error {
	if p.whole {
		return nil
	}
	p.whole, p.by = true, why
	for _, d := range p.dirs {
		if err := p.take(d); err != nil {
			return err
		}
	}
	p.info("all packages of Python are added: %s", why)
	return nil
}

// take adds a file, or a directory with all below.
func (p *pyImports) take(e pyEntry) error {
	if p.taken[e.path] {
		return nil
	}
	p.taken[e.path], p.added = true, true
	// The includer may be of the bundle that this one was copied from.
	in := *e.in
	in.builder, in.seen, in.files = p.builder, map[string]bool{}, nil
	in.why.Via = "for " + p.by
	names := []string{e.path}
	if module, ok := strings.CutSuffix(e.path, ".py"); ok {
		compiled, err := glob.Expand(p.root, glob.Quote(path.Dir(module)+"/__pycache__/"+path.Base(module))+".*.pyc")
		if err != nil {
			return err
		}
		names = append(names, compiled...)
	}
	for _, name := range names {
		if _, _, err := rootfs.Resolve(p.root, name); err != nil {
			continue
		}
		if err := in.optional(name); err != nil {
			return err
		}
	}
	return p.closeOver(in.files, true)
}

// module adds the package that a dotted name begins with, and the distributions
// that it belongs to.
func (p *pyImports) module(name string) error {
	p.reach(name)
	name = topModule(name)
	if name == "distutils" {
		// Where setuptools is installed, its *.pth puts its own in this place.
		if err := p.module("setuptools"); err != nil {
			return err
		}
	}
	if p.taken[name] || len(p.units[name]) == 0 {
		return nil
	}
	p.taken[name] = true
	for _, e := range p.units[name] {
		if err := p.take(e); err != nil {
			return err
		}
	}
	return p.distributions(p.ownersOf(name))
}

// distributions adds what belongs to distributions, and those that they require.
func (p *pyImports) distributions(list []*pyDist) error {
	for _, d := range list {
		if p.taken[d.info] {
			continue
		}
		if err := p.take(pyEntry{d.info, d.in}); err != nil {
			return err
		}
		for _, name := range d.entries {
			for _, e := range p.entries[name] {
				if err := p.take(e); err != nil {
					return err
				}
			}
			for _, e := range p.units[name] {
				if err := p.take(e); err != nil {
					return err
				}
			}
		}
		for _, name := range d.requires {
			if err := p.distributions(p.dists[name]); err != nil {
				return err
			}
		}
	}
	return nil
}

// ownDistributions adds the distributions that a program is of.
func (p *pyImports) ownDistributions(list []*pyDist) error {
	for _, d := range list {
		for _, name := range d.entries {
			p.ownUnits[name] = true
		}
	}
	return p.plugins(list)
}

// plugins adds distributions whose entry points are asked for.
func (p *pyImports) plugins(list []*pyDist) error {
	for _, d := range list {
		for _, name := range d.objects {
			if err := p.module(name); err != nil {
				return err
			}
		}
	}
	return p.distributions(list)
}

// shebangModule is the module that a #! line has Python run.
var shebangModule = lazyregexp.New(`^#![^\n]*\s-m\s*([\w.]+)`)

// script reads a script, and adds what it belongs to by its name.
func (p *pyImports) script(m *member) error {
	if p.scanned[m.Real] {
		return nil
	}
	p.scanned[m.Real], p.by = true, m.Path
	text, ok := p.read(m.Real)
	if !ok || strings.IndexByte(text, 0) >= 0 {
		return p.takeAll(m.Path + " cannot be read as Python")
	}
	s := scripts.ScanPython(text)
	p.settled(s)
	if run := shebangModule.FindStringSubmatch(text); run != nil {
		s.Modules = append(s.Modules, run[1])
	}
	name := path.Base(m.Path)
	if err := p.ownDistributions(p.makers[name]); err != nil {
		return err
	}
	for _, module := range s.Modules {
		if normalDist(topModule(module)) == normalDist(strings.TrimSuffix(name, ".py")) {
			p.ownUnits[topModule(module)] = true
		}
	}
	if s.Metadata {
		for _, word := range s.Words {
			if err := p.ownDistributions(p.dists[distWord(word)]); err != nil {
				return err
			}
		}
	}
	return p.needs(s, m.Real, true)
}

// atStart adds what is imported whenever Python starts. Only statements that
// are run then are followed in it.
func (p *pyImports) atStart() error {
	p.by = "the start of Python"
	for _, e := range p.unowned {
		if err := p.take(e); err != nil {
			return err
		}
	}
	lines := p.start
	p.start = nil
	for _, line := range append(lines, "import sitecustomize, usercustomize") {
		for _, name := range scripts.StartModules(line) {
			name = topModule(name)
			for _, e := range p.units[name] {
				if err := p.take(e); err != nil {
					return err
				}
			}
			p.reach(name)
		}
	}
	return nil
}
