package pipeline

import (
	"maps"
	"path"
	"slices"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// landmark looks for the rule's landmarks from the directory of the evidence
// upward and binds $above and $at. The root directory itself is no place to be
// found: what is below it belongs to everybody. False if there are landmarks,
// and none is there.
func (r *ruler) landmark(m *rules.Match, lib []string) bool {
	if len(m.Rule.Above) == 0 {
		return true
	}
	for dir := m.Vars["dir"]; path.IsAbs(dir) && dir != "/"; dir = path.Dir(dir) {
		for _, mark := range m.Rule.Above {
			for _, rel := range m.Expand(mark, lib) {
				names, err := glob.Expand(r.root, glob.Quote(dir)+"/"+rel)
				if err != nil || len(names) == 0 {
					continue
				}
				m.Vars = maps.Clone(m.Vars)
				m.Vars["above"], m.Vars["at"] = dir, path.Dir(names[0])
				return true
			}
		}
	}
	return false
}

// started describes what the bundle starts since the last call, by the names
// it is started by.
func (r *ruler) started() []fact {
	var out []fact
	for _, m := range r.programs {
		key := "start " + m.Path
		if r.examined[key] {
			continue
		}
		r.examined[key] = true
		f := rules.Fact{Path: m.Real, Start: m.Path}
		if m.Graph == nil {
			f.Texts = r.evidence.textsOf(m.Real, r.evidence.texts)
			f.Words = r.evidence.textsOf(m.Real, r.evidence.words)
		}
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
