package pipeline

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

var (
	// pyStandard is the standard library, which needs no packages but those that
	// the machine's own start-up files ask for.
	pyStandard = lazyregexp.New(`/lib(?:64)?/(?:python|pypy)\d[\d.]*t?/(?:.*/)?([^/]*)$`)
	pyCustom   = lazyregexp.New(`^(?:site|user)customize\.py$`)
	// pyInstalled is a file of a directory of packages.
	pyInstalled = lazyregexp.New(`-packages/([^/]+)`)
)

// file looks for what a file of the bundle needs.
func (p *pyImports) file(real string) error {
	p.by = real
	module, installed := p.unit(real)
	start := installed && !p.taken[module] && len(p.units[module]) > 0
	if start && p.scanned["start "+real] || installed && len(p.units[module]) > 0 && !p.all[module] && !p.reached[moduleKey(real)] {
		return nil
	}
	if start {
		p.scanned["start "+real] = true
	} else {
		p.scanned[real] = true
	}
	m := pyStandard.FindStringSubmatch(real)
	if !installed && m != nil && !pyCustom.MatchString(m[1]) {
		return nil
	}
	if p.files++; p.files > maxPyFiles {
		return p.takeAll("there are too many files to read")
	}
	if strings.HasSuffix(real, ".so") {
		return p.extension(real)
	}
	text, ok := p.read(real)
	switch {
	case strings.HasSuffix(real, ".pyc"):
		if _, _, err := rootfs.Resolve(p.root, strings.TrimSuffix(real, "c")); err != nil {
			return p.takeAll(real + " is compiled, and its source is not there")
		}
		return nil
	case !ok:
		return p.takeAll(real + " cannot be read")
	case start:
		for _, name := range scripts.StartModules(text) {
			if name[0] == '.' {
				name = module // it is more than one file
			}
			if err := p.module(name); err != nil {
				return err
			}
		}
		return nil
	}
	s := scripts.ScanPython(text)
	p.settled(s)
	if installed && (s.Computed || s.Runs) {
		p.unclear[module] = real
	}
	if installed && p.ownUnits[module] {
		p.callsOf(text, real)
	}
	if installed {
		if err := p.dataOf(text, real, module); err != nil {
			return err
		}
	}
	return p.needs(s, real, !installed && m == nil)
}

// unit is the module that a file of a directory of packages belongs to.
func (p *pyImports) unit(real string) (module string, installed bool) {
	for _, d := range p.dirs {
		if rest, ok := strings.CutPrefix(real, d.path+"/"); ok {
			first, _, _ := strings.Cut(rest, "/")
			return moduleOf(first), true
		}
	}
	if m := pyInstalled.FindStringSubmatch(real); m != nil {
		return moduleOf(m[1]), true
	}
	return "", false
}

// read reads a source; not one that is too large.
func (p *pyImports) read(real string) (text string, ok bool) {
	f, size, err := rootfs.OpenRegular(p.root, real)
	if err != nil {
		return "", false
	}
	defer f.Close()
	if size > maxPyFile {
		return "", false
	}
	b, err := io.ReadAll(io.LimitReader(f, maxPyFile))
	return string(b), err == nil
}

// needs adds what a source needs. Strings with a dot are taken for the names of
// modules everywhere; others where they may be what is imported, which is in the
// own code of a program and where a name is computed.
func (p *pyImports) needs(s *scripts.Python, real string, own bool) error {
	if own && (s.Computed || s.Runs) {
		return p.takeAll(real + " imports what cannot be told")
	}
	unit, installed := p.unit(real)
	for _, name := range s.Modules {
		if err := p.module(p.absolute(name, real)); err != nil {
			return err
		}
	}
	if installed && (s.Inside || s.Computed) {
		p.reachAll(unit)
	}
	for _, name := range s.Packages {
		if err := p.module(name); err != nil {
			return err
		}
		p.reachAll(cmp.Or(name, unit))
	}
	for _, word := range s.Words {
		if err := p.plugins(p.groups[word]); err != nil {
			return err
		}
		if s.Metadata {
			if err := p.distributions(p.dists[distWord(word)]); err != nil {
				return err
			}
		}
		if own || !installed || s.Computed || strings.ContainsAny(word, ".:") {
			if err := p.module(word); err != nil {
				return err
			}
		}
	}
	return nil
}

// extension adds the modules whose names are strings of a compiled module, as it
// gives them to PyImport_ImportModule.
func (p *pyImports) extension(real string) error {
	if strings.HasPrefix(path.Base(real), "lib") || strings.HasSuffix(path.Dir(real), ".libs") {
		return nil
	}
	unit, _ := p.unit(real)
	p.reachAll(unit) // what it imports of its own package does not show
	var texts []string
	for _, name := range slices.Sorted(maps.Keys(p.units)) {
		if !p.taken[name] {
			texts = append(texts, "\x00"+name+"\x00", "\x00"+name+".")
		}
	}
	for _, text := range p.evidence.textsOf(real, texts) {
		if err := p.module(strings.Trim(text, "\x00.")); err != nil {
			return err
		}
	}
	return nil
}
