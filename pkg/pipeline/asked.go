package pipeline

import (
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

const askedFor = "asked for by --with"

// asked applies the rules named by --with that the bundle has no evidence for:
// as if the evidence were in it that the root has, or else with what variables
// stand for on most systems.
func (r *ruler) asked() error {
	for _, name := range r.rules.With {
		rule := r.rules.Set.Rule(name)
		by := r.context(r.programs[0])
		for _, e := range rule.When {
			for _, file := range r.evidenceInRoot(e, libDirs(by)) {
				m := rule.For(e, file)
				m.Evidence = askedFor
				if r.found[name] {
					break
				}
				if err := r.apply(m, file, by); err != nil {
					return err
				}
			}
		}
		if !r.found[name] {
			m := rules.Match{Rule: rule, Evidence: askedFor, Vars: map[string]string{"prefix": "/usr"}}
			if err := r.apply(m, "", by); err != nil {
				return err
			}
		}
		if !r.found[name] {
			r.warn("rule %s found nothing to add: the root lacks what \"pack rules %s\" lists, or the program is not what the rule is about", name, name)
		}
	}
	return r.settle()
}

// evidenceInRoot returns the paths in the root that would be evidence if they
// were in the bundle: libraries where loaders look for them, and files in the
// places of most systems. Symbols and texts are in no place.
func (r *ruler) evidenceInRoot(e rules.Evidence, lib []string) []string {
	pattern := quoteStars(e.Arg)
	switch {
	case e.Kind == rules.Soname:
		var dirs []string
		for _, dir := range lib {
			dirs = append(dirs, glob.Quote(dir))
		}
		pattern = "{" + strings.Join(dirs, ",") + "}/{,*/}" + pattern
	case e.Kind != rules.Path && e.Kind != rules.Start:
		return nil
	case strings.HasPrefix(pattern, "**/"):
		pattern = "{/usr,/usr/local,}" + strings.TrimPrefix(pattern, "**")
	}
	// With another "**" it would take a walk through the whole root.
	if strings.Contains(pattern, "**") || strings.HasSuffix(pattern, "}/*") {
		return nil
	}
	names, err := glob.Expand(r.root, pattern)
	if err != nil {
		return nil
	}
	var out []string
	seen := map[string]bool{}
	for _, name := range names {
		_, real, err := rootfs.Resolve(r.root, name)
		if err != nil || seen[real] {
			continue
		}
		seen[real] = true
		if e.Kind != rules.Start {
			name = real
		}
		out = append(out, name)
	}
	return out
}

// quoteStars turns a pattern of evidence, in which only stars are special, into
// a glob.
func quoteStars(pattern string) string {
	parts := strings.Split(pattern, "*")
	for i, p := range parts {
		parts[i] = glob.Quote(p)
	}
	return strings.Join(parts, "*")
}
