package python

import (
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

// takeAll adds the directories as they are.
func (f *Finder) takeAll(why string) {
	if f.whole != "" {
		return
	}
	f.whole, f.by = why, why
	for _, d := range f.dirs {
		f.take(d)
	}
}

// take adds a file, or a directory with all below.
func (f *Finder) take(e entry) {
	if f.taken[e.path] {
		return
	}
	f.taken[e.path], f.more = true, true
	f.bundle.Add(Needed{Path: e.path, For: f.by, Place: e.place})
}

// module adds the package that a dotted name begins with, and the distributions
// that it belongs to.
func (f *Finder) module(name string) {
	f.reach(name)
	name = TopModule(name)
	if name == "distutils" {
		// Where setuptools is installed, its *.pth puts its own in this place.
		f.module("setuptools")
	}
	if f.taken[name] || len(f.units[name]) == 0 {
		return
	}
	f.taken[name] = true
	for _, e := range f.units[name] {
		f.take(e)
	}
	f.distributions(f.ownersOf(name))
}

// distributions adds what belongs to distributions, and those that they require.
func (f *Finder) distributions(list []*distribution) {
	for _, d := range list {
		if f.taken[d.info] {
			continue
		}
		f.take(entry{d.info, d.place})
		for _, name := range d.entries {
			for _, e := range f.entries[name] {
				f.take(e)
			}
			for _, e := range f.units[name] {
				f.take(e)
			}
		}
		for _, name := range d.requires {
			f.distributions(f.dists[name])
		}
	}
}

// ownDistributions adds the distributions that a program is of.
func (f *Finder) ownDistributions(list []*distribution) {
	for _, d := range list {
		for _, name := range d.entries {
			f.ownUnits[name] = true
		}
	}
	f.plugins(list)
}

// plugins adds distributions whose entry points are asked for.
func (f *Finder) plugins(list []*distribution) {
	for _, d := range list {
		for _, name := range d.objects {
			f.module(name)
		}
	}
	f.distributions(list)
}

// shebangModule is the module that a #! line has Python run.
var shebangModule = lazyregexp.New(`^#![^\n]*\s-m\s*([\w.]+)`)

// script reads a script, and adds what it belongs to by its name.
func (f *Finder) script(p Program) {
	if f.scanned[p.Real] {
		return
	}
	f.scanned[p.Real], f.by = true, p.Path
	text, ok := f.read(p.Real)
	if !ok || strings.IndexByte(text, 0) >= 0 {
		f.takeAll(p.Path + " cannot be read as Python")
		return
	}
	s := scripts.ScanPython(text)
	f.settled(s)
	if run := shebangModule.FindStringSubmatch(text); run != nil {
		s.Modules = append(s.Modules, run[1])
	}
	name := path.Base(p.Path)
	f.ownDistributions(f.makers[name])
	for _, module := range s.Modules {
		if normalized(TopModule(module)) == normalized(strings.TrimSuffix(name, ".py")) {
			f.ownUnits[TopModule(module)] = true
		}
	}
	if s.Metadata {
		for _, word := range s.Words {
			f.ownDistributions(f.dists[requiredName(word)])
		}
	}
	f.needs(s, p.Real, true)
}

// atStart adds what is imported whenever Python starts. Only statements that
// are run then are followed in it.
func (f *Finder) atStart() {
	f.by = "the start of Python"
	for _, e := range f.unowned {
		f.take(e)
	}
	lines := f.start
	f.start = nil
	for _, line := range append(lines, "import sitecustomize, usercustomize") {
		for _, name := range scripts.StartModules(line) {
			name = TopModule(name)
			for _, e := range f.units[name] {
				f.take(e)
			}
			f.reach(name)
		}
	}
}
