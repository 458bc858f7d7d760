package pipeline

import (
	"fmt"
	"path"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/rootfs"
	"github.com/5bbb5df2/pack/pkg/rules"
)

// hint is a rule that is off although its evidence was found.
type hint struct {
	match rules.Match
	file  string
	lib   []string
}

func (h hint) evidence() string {
	if h.match.Kind == rules.Soname {
		return strings.TrimPrefix(h.match.Evidence, "is ") + " is in the bundle"
	}
	return path.Base(h.file) + " " + h.match.Evidence
}

// maxHints is how many hints are worth reading.
const maxHints = 5

// hint turns the rules that are off into a few sentences, one a rule.
func (r *ruler) hint() {
	seen := map[string]bool{}
	for _, h := range r.hints {
		name := h.match.Rule.Name
		if seen[name] || len(seen) == maxHints || r.byTheWay(h) || !r.exists(h.match, h.lib) {
			continue
		}
		size := r.size(h)
		if size == 0 {
			continue
		}
		seen[name] = true
		r.tips = append(r.tips, fmt.Sprintf("%s: add --with %s (%s) if %s", h.evidence(), name, IEC(size), h.match.Rule.If))
	}
}

// byTheWay tells whether the evidence is an import of something the user did
// not name: what libraries and helpers may do is too much to mention.
func (r *ruler) byTheWay(h hint) bool {
	return h.match.Kind == rules.Import && !r.named[h.file]
}

// size is how many bytes of files the rule would add to what is there, without
// what those need.
func (r *ruler) size(h hint) int64 {
	skip, err := newExcluder(h.match.Rule.Skip)
	if err != nil {
		return 0
	}
	total := int64(0)
	pass := map[string]bool{}
	passed := func(real string) bool {
		if pass[real] || skip.match([]string{real}) {
			return true
		}
		pass[real] = true
		return false
	}
	for _, a := range h.match.Rule.Do {
		if a.Verb != rules.Add && a.Verb != rules.Run {
			continue
		}
		for _, arg := range h.match.Expand(a.Arg, h.lib) {
			names, err := glob.Expand(r.root, arg)
			if err != nil {
				continue
			}
			for _, n := range names {
				if _, real, err := rootfs.Resolve(r.root, n); err == nil {
					total += r.sizeBelow(real, passed)
				}
			}
		}
	}
	return total
}

func (r *ruler) sizeBelow(real string, passed func(string) bool) int64 {
	fi, err := r.root.Lstat(real)
	if err != nil || passed(real) {
		return 0
	}
	if !fi.IsDir() {
		if r.plan.Get(real) != nil {
			return 0
		}
		return fi.Size()
	}
	list, err := r.root.ReadDir(real)
	if err != nil {
		return 0
	}
	total := int64(0)
	for _, e := range list {
		total += r.sizeBelow(strings.TrimSuffix(real, "/")+"/"+e.Name(), passed)
	}
	return total
}

// IEC writes a size in bytes for people, in binary units (IEC 80000-13).
func IEC(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	f, unit := float64(n)/1024, "KiB"
	for _, u := range []string{"MiB", "GiB", "TiB"} {
		if f < 1024 {
			break
		}
		f, unit = f/1024, u
	}
	return fmt.Sprintf("%.1f %s", f, unit)
}
