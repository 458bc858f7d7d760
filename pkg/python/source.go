package python

import (
	"cmp"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/scripts"
)

const (
	// maxFile bounds the files of Python that are read, in bytes, and maxFiles
	// their number. With more, all packages are added.
	maxFile  = 16 << 20
	maxFiles = 50_000
)

var (
	// standardFile is the standard library, which needs no packages but those that
	// the machine's own start-up files ask for.
	standardFile = lazyregexp.New(`/lib(?:64)?/(?:python|pypy)\d[\d.]*t?/(?:.*/)?([^/]*)$`)
	customFile   = lazyregexp.New(`^(?:site|user)customize\.py$`)
	// installedFile is a file of a directory of packages.
	installedFile = lazyregexp.New(`-packages/([^/]+)`)
)

// file looks for what a file of the bundle needs.
func (f *Finder) file(real string) {
	f.by = real
	module, installed := f.unit(real)
	start := installed && !f.taken[module] && len(f.units[module]) > 0
	if start && f.scanned["start "+real] || installed && len(f.units[module]) > 0 && !f.all[module] && !f.reached[moduleKey(real)] {
		return
	}
	if start {
		f.scanned["start "+real] = true
	} else {
		f.scanned[real] = true
	}
	m := standardFile.FindStringSubmatch(real)
	if !installed && m != nil && !customFile.MatchString(m[1]) {
		return
	}
	if f.files++; f.files > maxFiles {
		f.takeAll("there are too many files to read")
		return
	}
	if strings.HasSuffix(real, ".so") {
		f.extension(real)
		return
	}
	text, ok := f.read(real)
	switch {
	case strings.HasSuffix(real, ".pyc"):
		if _, _, err := rootfs.Resolve(f.root, strings.TrimSuffix(real, "c")); err != nil {
			f.takeAll(real + " is compiled, and its source is not there")
		}
		return
	case !ok:
		f.takeAll(real + " cannot be read")
		return
	case start:
		for _, name := range scripts.StartModules(text) {
			if name[0] == '.' {
				name = module // it is more than one file
			}
			f.module(name)
		}
		return
	}
	s := scripts.ScanPython(text)
	f.settled(s)
	if installed {
		if s.Computed || s.Runs {
			f.unclear[module] = real
		}
		d, _, _ := f.searched(real)
		f.bundle.Source(Source{Real: real, Text: text, Module: module, Own: f.ownUnits[module], Place: d.place})
	}
	f.needs(s, real, !installed && m == nil)
}

// unit is the module that a file of a directory of packages belongs to.
func (f *Finder) unit(real string) (module string, installed bool) {
	if _, rest, ok := f.searched(real); ok {
		first, _, _ := strings.Cut(rest, "/")
		return moduleOf(first), true
	}
	if m := installedFile.FindStringSubmatch(real); m != nil {
		return moduleOf(m[1]), true
	}
	return "", false
}

// read reads a source; not one that is too large.
func (f *Finder) read(real string) (text string, ok bool) {
	file, size, err := rootfs.OpenRegular(f.root, real)
	if err != nil {
		return "", false
	}
	defer file.Close()
	if size > maxFile {
		return "", false
	}
	b, err := io.ReadAll(io.LimitReader(file, maxFile))
	return string(b), err == nil
}

// needs adds what a source needs. Strings with a dot are taken for the names of
// modules everywhere; others where they may be what is imported, which is in the
// own code of a program and where a name is computed.
func (f *Finder) needs(s *scripts.Python, real string, own bool) {
	if own && (s.Computed || s.Runs) {
		f.takeAll(real + " imports what cannot be told")
		return
	}
	unit, installed := f.unit(real)
	for _, name := range s.Modules {
		f.module(f.absolute(name, real))
	}
	if installed && (s.Inside || s.Computed) {
		f.reachAll(unit)
	}
	for _, name := range s.Packages {
		f.module(name)
		f.reachAll(cmp.Or(name, unit))
	}
	for _, word := range s.Words {
		f.plugins(f.groups[word])
		if s.Metadata {
			f.distributions(f.dists[requiredName(word)])
		}
		if own || !installed || s.Computed || strings.ContainsAny(word, ".:") {
			f.module(word)
		}
	}
}

// extension adds the modules whose names are strings of a compiled module, as it
// gives them to PyImport_ImportModule.
func (f *Finder) extension(real string) {
	if strings.HasPrefix(path.Base(real), "lib") || strings.HasSuffix(path.Dir(real), ".libs") {
		return
	}
	unit, _ := f.unit(real)
	f.reachAll(unit) // what it imports of its own package does not show
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(f.units)) {
		if !f.taken[name] {
			texts = append(texts, "\x00"+name+"\x00", "\x00"+name+".")
		}
	}
	for _, text := range f.holds(real, texts) {
		f.module(strings.Trim(text, "\x00."))
	}
}
