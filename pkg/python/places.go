package python

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// places are the directories that hold the packages of Python, and what is in
// them.
type places struct {
	root rootfs.FS
	dirs []entry
	// entries are the entries of the directories by their names, and units
	// by the names of the modules or packages that they are.
	entries, units map[string][]entry
	// dists are the distributions by name, owners by their entries, groups by
	// groups of entry points, and makers by the commands that they make.
	dists, owners, groups, makers map[string][]*distribution
	// unowned are descriptions that do not tell what they describe.
	unowned []entry
	// start are the lines of *.pth that are run whenever Python starts.
	start []string
}

func newPlaces(root rootfs.FS) places {
	return places{
		root: root, entries: map[string][]entry{}, units: map[string][]entry{},
		dists: map[string][]*distribution{}, owners: map[string][]*distribution{},
		groups: map[string][]*distribution{}, makers: map[string][]*distribution{},
	}
}

// clone copies the tables; what they hold is never changed.
func (p places) clone() places {
	p.entries, p.units = maps.Clone(p.entries), maps.Clone(p.units)
	for _, m := range []*map[string][]*distribution{&p.dists, &p.owners, &p.groups, &p.makers} {
		*m = maps.Clone(*m)
	}
	return p
}

// entry is a path, and where it was found.
type entry struct {
	path  string
	place Place
}

var (
	identifier = lazyregexp.New(`^[A-Za-z_]\w*$`)
	moduleFile = lazyregexp.New(`^([A-Za-z_]\w*)(?:\.py|\.pyc|(?:\.[\w-]+)?\.so)$`)
)

// addDir adds a directory of packages.
func (p *places) addDir(name string, place Place) {
	_, dir, err := rootfs.Resolve(p.root, name)
	if err != nil || slices.ContainsFunc(p.dirs, func(d entry) bool { return d.path == dir }) {
		return
	}
	list, err := p.root.ReadDir(dir)
	if err != nil {
		return
	}
	p.dirs = append(p.dirs, entry{dir, place})
	for _, e := range list {
		p.addEntry(entry{dir + "/" + e.Name(), place})
	}
	p.findOwners(dir, place)
}

// searched is the directory that a file is below, and the rest of its path.
func (p *places) searched(real string) (dir entry, rest string, ok bool) {
	for _, d := range p.dirs {
		if rest, ok := strings.CutPrefix(real, d.path+"/"); ok {
			return d, rest, true
		}
	}
	return entry{}, "", false
}

func (p *places) addEntry(e entry) {
	name := path.Base(e.path)
	switch {
	case name == "__pycache__" || infoName.MatchString(name):
		return
	case strings.HasSuffix(name, ".pth"):
		p.pathFile(e)
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
	if m := moduleFile.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	if identifier.MatchString(name) {
		return name
	}
	return ""
}

// pathFile reads a *.pth file (Python's library reference, site): lines that
// begin with "import" are run, others are directories to be searched.
func (p *places) pathFile(e entry) {
	p.unowned = append(p.unowned, e)
	for line := range strings.Lines(rootfs.ReadSmall(p.root, e.path)) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "import ") || strings.HasPrefix(line, "import\t"):
			p.start = append(p.start, line)
			p.mapped(e, line)
		case path.IsAbs(line):
			p.addDir(line, Place{e.place.Dir, true})
		case line != "" && line[0] != '#':
			p.unowned = append(p.unowned, entry{path.Join(path.Dir(e.path), line), e.place})
		}
	}
}

var (
	// finderModule is a module that setuptools has Python import at its start, so
	// that packages are found where they are worked on (setuptools, Development
	// Mode), and finderPlace one of the packages that it knows.
	finderModule = lazyregexp.New(`^import\s+(__editable__\w+)`)
	finderPlace  = lazyregexp.New(`['"]([\w.]+)['"]\s*:\s*['"](/[^'"\n]+)['"]`)
)

// mapped adds the packages that such a module finds.
func (p *places) mapped(e entry, line string) {
	m := finderModule.FindStringSubmatch(line)
	if m == nil {
		return
	}
	for _, at := range finderPlace.FindAllStringSubmatch(rootfs.ReadSmall(p.root, path.Join(path.Dir(e.path), m[1]+".py")), -1) {
		for _, end := range []string{"", ".py"} {
			if _, real, err := rootfs.Resolve(p.root, at[2]+end); err == nil {
				p.units[at[1]] = append(p.units[at[1]], entry{real, Place{e.place.Dir, true}})
			}
		}
	}
}

// findOwners reads the descriptions of distributions in a directory.
func (p *places) findOwners(dir string, place Place) {
	infos, err := glob.Expand(p.root, glob.Quote(dir)+"/*.{dist,egg}-info")
	if err != nil {
		return
	}
	for _, info := range infos {
		d := p.readDescription(info)
		if d == nil {
			continue
		}
		d.place = place
		d.entries = append(d.entries, p.namesakes(d)...)
		if len(d.entries) == 0 {
			p.unowned = append(p.unowned, entry{info, place})
		}
		p.dists[d.name] = append(p.dists[d.name], d)
		for names, index := range map[*[]string]map[string][]*distribution{&d.entries: p.owners, &d.groups: p.groups, &d.commands: p.makers} {
			for _, name := range *names {
				index[name] = append(index[name], d)
			}
		}
	}
}

// namesakes are the entries that belong to a distribution by their name: its
// private libraries, which repair tools for wheels put into NAME.libs, and if it
// says nothing of what it has, the package of its own name.
func (p *places) namesakes(d *distribution) []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(p.entries)) {
		libs, private := strings.CutSuffix(name, ".libs")
		if private && normalized(libs) == d.name || len(d.entries) == 0 && normalized(moduleOf(name)) == d.name {
			out = append(out, name)
		}
	}
	return out
}

// ownersOf are the distributions that have a module.
func (p *places) ownersOf(module string) []*distribution {
	out := slices.Clone(p.owners[module])
	for _, e := range p.units[module] {
		out = append(out, p.owners[path.Base(e.path)]...)
	}
	return out
}
