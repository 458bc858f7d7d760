package pipeline

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// landmark looks for the rule's landmarks as interpreters do: from the directory
// of the evidence upward, from that of the library which has the evidence, and
// from the directories that were compiled in. It binds $above and $at. The root
// directory itself is no place to be found: what is below it belongs to
// everybody. False if there are landmarks, and none is there.
func (r *ruler) landmark(m *rules.Match, file string, by *member, lib []string) bool {
	if len(m.Rule.Above) == 0 {
		return true
	}
	tried := map[string]bool{}
	if r.landmarkFrom(m, cmp.Or(m.Vars["dir"], m.Vars["prefix"]), file, lib, tried) {
		return true
	}
	if r.objects[file] == nil {
		return false
	}
	files := append([]string{file}, r.definers(by, m.Symbol)...)
	for _, f := range files[1:] {
		if r.landmarkFrom(m, path.Dir(f), file, lib, tried) {
			return true
		}
	}
	for _, f := range files {
		for _, dir := range r.evidence.compiledDirs(f) {
			if r.landmarkFrom(m, dir, file, lib, tried) {
				return true
			}
		}
	}
	return false
}

// definers are the libraries of a program that define a symbol.
func (r *ruler) definers(by *member, symbol string) []string {
	var out []string
	if symbol == "" || by.Graph == nil {
		return nil
	}
	for _, n := range by.Graph.Objects() {
		if slices.Contains(r.evidence.of(n.Real).Defined, symbol) {
			out = append(out, n.Real)
		}
	}
	return out
}

// landmarkFrom looks in a directory and in those above that were not tried.
func (r *ruler) landmarkFrom(m *rules.Match, dir, file string, lib []string, tried map[string]bool) bool {
	for ; path.IsAbs(dir) && dir != "/" && !tried[dir]; dir = path.Dir(dir) {
		tried[dir] = true
		for _, mark := range m.Rule.Above {
			for _, rel := range m.Expand(mark, lib) {
				names, err := glob.Expand(r.root, glob.Quote(dir)+"/"+rel)
				if err != nil || len(names) == 0 {
					continue
				}
				m.Vars = maps.Clone(m.Vars)
				m.Vars["above"], m.Vars["at"] = dir, path.Dir(r.ownOf(names, file))
				return true
			}
		}
	}
	return false
}

// ownOf is that of several landmarks whose directory, VERSION or TARGET/VERSION,
// the file has written out: there may be several versions of a thing.
func (r *ruler) ownOf(names []string, file string) string {
	if len(names) == 1 {
		return names[0]
	}
	for depth := 2; depth > 0; depth-- {
		tails := make([]string, len(names))
		for i, name := range names {
			dirs := strings.Split(path.Dir(name), "/")
			tails[i] = strings.Join(dirs[max(0, len(dirs)-depth):], "/")
		}
		have := r.evidence.textsOf(file, tails)
		for i, tail := range tails {
			if slices.Contains(have, tail) {
				return names[i]
			}
		}
	}
	return names[0]
}

// started describes what the bundle starts since the last call, by the names
// it is started by.
func (r *ruler) started() []fact {
	var out []fact
	for _, m := range r.programs {
		if m.started {
			continue
		}
		m.started = true
		key := "start " + m.Path
		if r.examined[key] {
			continue
		}
		r.examined[key] = true
		f := rules.Fact{Path: m.Real}
		if m.Graph != nil {
			f = r.evidence.fact(m.Graph.Main, true)
		} else {
			t := r.evidence.written(m.Real)
			f.Texts, f.Words = t.texts, t.words
		}
		f.Start = m.Path
		for _, run := range m.Runs {
			for _, name := range []string{path.Base(run.Path), path.Base(run.Real)} {
				if !slices.Contains(f.RunBy, name) {
					f.RunBy = append(f.RunBy, name)
				}
			}
		}
		out = append(out, fact{f, r.context(m)})
	}
	return out
}

// context is the program in whose context a rule looks for libraries: a script
// has none of its own, but what runs it has.
func (r *ruler) context(m *member) *member {
	if m.Graph != nil {
		return m
	}
	for _, other := range r.programs {
		for _, run := range m.Runs {
			if other.Program == run && other.Graph != nil {
				return other
			}
		}
	}
	return r.programs[0]
}
