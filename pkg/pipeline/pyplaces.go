package pipeline

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// pyPlaces are the directories that hold the packages of Python, and what is in
// them.
type pyPlaces struct {
	dirs []pyEntry
	// entries are the entries of the directories by their names, and units
	// by the names of the modules or packages that they are.
	entries, units map[string][]pyEntry
	// dists are the distributions by name, owners by their entries, groups by
	// groups of entry points, and makers by the commands that they make.
	dists, owners, groups, makers map[string][]*pyDist
	// unowned are descriptions that do not tell what they describe.
	unowned []pyEntry
	// start are the lines of *.pth that are run whenever Python starts.
	start []string
}

// clone copies the tables; what they hold is never changed.
func (p pyPlaces) clone() pyPlaces {
	p.entries, p.units = maps.Clone(p.entries), maps.Clone(p.units)
	for _, m := range []*map[string][]*pyDist{&p.dists, &p.owners, &p.groups, &p.makers} {
		*m = maps.Clone(*m)
	}
	return p
}

// pyEntry is a path, and what adds it.
type pyEntry struct {
	path string
	in   *includer
}

var (
	pyIdentifier = lazyregexp.New(`^[A-Za-z_]\w*$`)
	pyModuleFile = lazyregexp.New(`^([A-Za-z_]\w*)(?:\.py|\.pyc|(?:\.[\w-]+)?\.so)$`)
)

// addDir adds a directory of packages.
func (p *pyPlaces) addDir(r *ruler, name string, in *includer) {
	_, dir, err := rootfs.Resolve(r.root, name)
	if err != nil || slices.ContainsFunc(p.dirs, func(d pyEntry) bool { return d.path == dir }) {
		return
	}
	list, err := r.root.ReadDir(dir)
	if err != nil {
		return
	}
	p.dirs = append(p.dirs, pyEntry{dir, in})
	for _, e := range list {
		p.addEntry(r, pyEntry{dir + "/" + e.Name(), in})
	}
	p.findOwners(r, dir, in)
}

func (p *pyPlaces) addEntry(r *ruler, e pyEntry) {
	name := path.Base(e.path)
	switch {
	case name == "__pycache__" || pyInfo.MatchString(name):
		return
	case strings.HasSuffix(name, ".pth"):
		p.pathFile(r, e)
		return
	}
	p.entries[name] = append(p.entries[name], e)
	if module := moduleOf(name); module != "" {
		p.units[module] = append(p.units[module], e)
	}
}

// moduleOf is the name of the module or package that an entry of a directory is
// by its name.
func moduleOf(name string) string {
	if m := pyModuleFile.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	if pyIdentifier.MatchString(name) {
		return name
	}
	return ""
}

// pathFile reads a *.pth file (Python's library reference, site): lines that
// begin with "import" are run, others are directories to be searched.
func (p *pyPlaces) pathFile(r *ruler, e pyEntry) {
	p.unowned = append(p.unowned, e)
	for line := range strings.Lines(r.readSmall(e.path)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t"):
			p.start = append(p.start, line)
			p.mapped(r, e, line)
		case path.IsAbs(line):
			p.addDir(r, line, notWorking(e.in))
		case line != "" && line[0] != '#':
			p.unowned = append(p.unowned, pyEntry{path.Join(path.Dir(e.path), line), e.in})
		}
	}
}

// pathFiles reads those that are in the bundle with all else of their directory,
// as those of a virtual environment are.
func (p *pyImports) pathFiles() {
	for e := range p.plan.Each() {
		name := e.From.Path
		if path.Ext(name) != ".pth" || p.scanned[name] || !pyInstalled.MatchString(name) ||
			slices.ContainsFunc(p.dirs, func(d pyEntry) bool { return d.path == path.Dir(name) }) {
			continue
		}
		p.scanned[name] = true
		p.pathFile(p.ruler, pyEntry{name, p.dirs[0].in})
	}
}

var (
	// finderModule is a module that setuptools has Python import at its start, so
	// that packages are found where they are worked on (setuptools, Development
	// Mode), and finderPlace one of the packages that it knows.
	finderModule = lazyregexp.New(`^import\s+(__editable__\w+)`)
	finderPlace  = lazyregexp.New(`['"]([\w.]+)['"]\s*:\s*['"](/[^'"\n]+)['"]`)
	// working are entries of a directory where packages are worked on.
	working = lazyregexp.New(`/(?:\.git|\.hg|\.svn|\.?venv|\.tox|\.nox|node_modules|\.\w+_cache)$`)
)

// mapped adds the packages that such a module finds.
func (p *pyPlaces) mapped(r *ruler, e pyEntry, line string) {
	m := finderModule.FindStringSubmatch(line)
	if m == nil {
		return
	}
	for _, at := range finderPlace.FindAllStringSubmatch(r.readSmall(path.Join(path.Dir(e.path), m[1]+".py")), -1) {
		for _, end := range []string{"", ".py"} {
			if _, real, err := rootfs.Resolve(r.root, at[2]+end); err == nil {
				p.units[at[1]] = append(p.units[at[1]], pyEntry{real, notWorking(e.in)})
			}
		}
	}
}

// notWorking is an includer that leaves out what is only there because packages
// are worked on.
func notWorking(in *includer) *includer {
	out, skip := *in, in.skip
	out.skip = func(real string) bool { return working.MatchString(real) || skip != nil && skip(real) }
	return &out
}

// findOwners reads the descriptions of distributions in a directory.
func (p *pyPlaces) findOwners(r *ruler, dir string, in *includer) {
	infos, err := glob.Expand(r.root, glob.Quote(dir)+"/*.{dist,egg}-info")
	if err != nil {
		return
	}
	for _, info := range infos {
		d := r.readDist(info)
		if d == nil {
			continue
		}
		d.in = in
		d.entries = append(d.entries, p.namesakes(d)...)
		if len(d.entries) == 0 {
			p.unowned = append(p.unowned, pyEntry{info, in})
		}
		p.dists[d.name] = append(p.dists[d.name], d)
		for names, index := range map[*[]string]map[string][]*pyDist{&d.entries: p.owners, &d.groups: p.groups, &d.commands: p.makers} {
			for _, name := range *names {
				index[name] = append(index[name], d)
			}
		}
	}
}

// namesakes are the entries that belong to a distribution by their name: its
// private libraries, which repair tools for wheels put into NAME.libs, and if it
// says nothing of what it has, the package of its own name.
func (p *pyPlaces) namesakes(d *pyDist) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p.entries)) {
		libs, private := strings.CutSuffix(name, ".libs")
		if private && normalDist(libs) == d.name || len(d.entries) == 0 && normalDist(moduleOf(name)) == d.name {
			out = append(out, name)
		}
	}
	return out
}

// ownersOf are the distributions that have a module.
func (p *pyPlaces) ownersOf(module string) []*pyDist {
	out := slices.Clone(p.owners[module])
	for _, e := range p.units[module] {
		out = append(out, p.owners[path.Base(e.path)]...)
	}
	return out
}
