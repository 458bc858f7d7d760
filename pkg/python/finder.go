// Package python finds the installed packages of Python that the programs of a
// bundle need: those that they import, what these import in turn, and what their
// distributions require. It reads sources and the descriptions that installers
// leave (Python's library reference, site and importlib.metadata;
// packaging.python.org, Recording installed projects), runs nothing, and adds
// nothing itself.
package python

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Finder finds the packages that a bundle needs. Code is the program's own if it
// is not in a directory of packages, or is of the distribution that a script
// belongs to. Where the program's own code imports by names that it computes, or
// runs the code of its user, all packages are needed; in other packages such names
// are among the strings that are written out.
//
// There are no errors: where a file cannot be read, all packages are needed. It is
// not safe for concurrent use.
type Finder struct {
	places
	holds        func(file string, texts []string) []string
	interpreters map[string]bool   // real paths
	scanned      map[string]bool   // real paths of files
	taken        map[string]bool   // what was added: modules, and paths
	reached      map[string]bool   // modules of packages that are imported, see moduleKey
	all          map[string]bool   // packages of which any module may be
	ownUnits     map[string]bool   // modules of the programs' own distributions
	unclear      map[string]string // by module, a file that imports what cannot be told
	library      string            // the directory of the standard library; "" before it is seen
	files        int               // how many were read
	whole        string            // why all packages are needed

	// These are of the look that is going on.
	bundle Bundle
	by     string // what is looked at: the reason for what is added
	more   bool
}

// New makes a Finder of the packages that a root has. What holds returns are those
// of the texts that occur in the compiled module at a real path.
func New(root rootfs.FS, holds func(real string, texts []string) []string) *Finder {
	return &Finder{
		places: newPlaces(root), holds: holds,
		interpreters: map[string]bool{}, scanned: map[string]bool{}, taken: map[string]bool{}, reached: map[string]bool{},
		all: map[string]bool{}, ownUnits: map[string]bool{}, unclear: map[string]string{},
	}
}

// Clone returns a Finder that knows what f does; what either is told from here on
// leaves the other as it is.
func (f *Finder) Clone() *Finder {
	c := *f
	for _, m := range []*map[string]bool{&c.interpreters, &c.scanned, &c.taken, &c.ownUnits, &c.reached, &c.all} {
		*m = maps.Clone(*m)
	}
	c.unclear = maps.Clone(f.unclear)
	c.places = f.places.clone()
	return &c
}

// Search notes that the interpreter at a real path searches a directory for
// packages, and *.pth files (Python's library reference, site). One that cannot be
// listed has none.
func (f *Finder) Search(dir, interpreter string) {
	f.addDir(dir, Place{Dir: dir})
	f.interpreters[interpreter] = true
}

// Whole tells why all packages are needed; it is empty if they are not.
func (f *Finder) Whole() string { return f.whole }

// Look tells a bundle what it needs besides what it was told before. It is to be
// called again if there is more, once that is in the bundle: what was added may
// need something.
func (f *Finder) Look(b Bundle) (more bool) {
	if len(f.dirs) == 0 {
		return false
	}
	f.bundle, f.more = b, false
	f.look(f.newFiles())
	return f.more
}

// newFiles are the modules of the bundle that were not read yet. What else it has
// that matters is noted.
func (f *Finder) newFiles() []string {
	var modules, lines []string
	for real, mode := range f.bundle.Files() {
		name := path.Base(real)
		if f.library == "" && name == "os.py" && standardFile.MatchString(real) {
			f.library = path.Dir(real)
		}
		if path.Ext(name) == ".pth" {
			lines = append(lines, real)
		}
		if mode.IsRegular() && !f.scanned[real] && (strings.HasSuffix(name, ".py") || moduleFile.MatchString(name)) {
			modules = append(modules, real)
		}
	}
	for _, real := range lines {
		f.pathFileOf(real)
	}
	return modules
}

// pathFileOf reads a *.pth file that is in the bundle with all else of its
// directory, as those of a virtual environment are.
func (f *Finder) pathFileOf(real string) {
	if f.scanned[real] || !installedFile.MatchString(real) || slices.ContainsFunc(f.dirs, func(d entry) bool { return d.path == path.Dir(real) }) {
		return
	}
	f.scanned[real] = true
	f.pathFile(entry{real, f.dirs[0].place})
}

func (f *Finder) look(files []string) {
	for _, p := range f.bundle.Programs() {
		switch {
		case f.interpreters[p.Real] && !p.ForScripts:
			f.takeAll(p.Path + " imports what it is told")
			return
		case slices.ContainsFunc(p.Runs, func(by string) bool { return f.interpreters[by] }):
			f.script(p)
		}
	}
	f.atStart()
	for _, file := range files {
		f.file(file)
	}
	for _, module := range slices.Sorted(maps.Keys(f.unclear)) {
		if f.ownUnits[module] {
			f.takeAll(f.unclear[module] + " imports what cannot be told")
			return
		}
	}
}
