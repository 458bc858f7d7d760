package pipeline

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// excluder holds the compiled --exclude globs.
type excluder struct {
	globs    []string
	matchers []*glob.Matcher
	used     []bool
}

func newExcluder(globs []string) (*excluder, error) {
	x := &excluder{globs: globs, used: make([]bool, len(globs))}
	for _, g := range globs {
		m, err := glob.Compile(g)
		if err != nil {
			return nil, usageGlob("--exclude", g, err)
		}
		x.matchers = append(x.matchers, m)
	}
	return x, nil
}

// match tells whether any glob matches one of the names, noting which did.
func (x *excluder) match(names []string) bool {
	found := false
	for i, m := range x.matchers {
		if slices.ContainsFunc(names, m.Match) {
			x.used[i], found = true, true
		}
	}
	return found
}

// exclude drops what the globs match from the plan: by its path in the bundle,
// or by a path that leads there through the bundle's directory links. What was
// there for its sake only, an empty parent directory or a link, goes with it.
func (b *builder) exclude(x *excluder) {
	if len(x.globs) == 0 {
		return
	}
	aliases := b.dirLinks()
	for e := range b.plan.All() {
		if e.Path == "/" || b.plan.Get(e.Path) == nil || !x.match(aliases.of(e.Path)) {
			continue
		}
		for _, gone := range b.plan.Remove(e.Path) {
			b.excluded[gone.Path] = true
		}
	}
	b.prune()
	for i, used := range x.used {
		if !used {
			b.warn("--exclude %s: nothing matches", x.globs[i])
		}
	}
}

// prune drops the links that lead to something excluded, and the directories
// that were only there to hold it.
func (b *builder) prune() {
	for {
		var gone []string
		kept := map[string]bool{}
		for e := range b.plan.All() {
			kept[parentOf(e.Path)] = true
		}
		for e := range b.plan.All() {
			switch {
			case e.Path == "/":
			case e.Mode.IsDir() && !kept[e.Path] && only(e.Why, plan.Parent):
				gone = append(gone, e.Path)
			case e.Mode&fs.ModeSymlink != 0 && b.ledToExcluded(e.Path):
				gone = append(gone, e.Path)
			}
		}
		if len(gone) == 0 {
			return
		}
		for _, name := range gone {
			b.plan.Remove(name)
			b.excluded[name] = true
		}
	}
}

func only(why []plan.Reason, k plan.Kind) bool {
	return !slices.ContainsFunc(why, func(r plan.Reason) bool { return r.Kind != k })
}

func parentOf(name string) string {
	i := strings.LastIndexByte(name, '/')
	if i <= 0 {
		return "/"
	}
	return name[:i]
}

func (b *builder) ledToExcluded(link string) bool {
	p, err := rootfs.Trace(b.plan.FS(), link)
	return err != nil && b.isExcluded(p.Real)
}

// isExcluded tells whether --exclude dropped the entry at a path, or one above.
func (b *builder) isExcluded(name string) bool {
	for ; name != "/"; name = parentOf(name) {
		if b.excluded[name] {
			return true
		}
	}
	return false
}

// dirLink is a link of the bundle that leads to a directory of it.
type dirLink struct{ link, dir string }

type dirLinks []dirLink

func (b *builder) dirLinks() dirLinks {
	var out dirLinks
	f := b.plan.FS()
	for e := range b.plan.All() {
		if e.Mode&fs.ModeSymlink == 0 {
			continue
		}
		if p, err := rootfs.Trace(f, e.Path); err == nil && b.plan.Get(p.Real).Mode.IsDir() {
			out = append(out, dirLink{e.Path, p.Real})
		}
	}
	return out
}

// of lists the names by which the bundle's path can be reached: itself, and
// once through each directory link.
func (d dirLinks) of(name string) []string {
	out := []string{name}
	for _, l := range d {
		if rest, ok := strings.CutPrefix(name, strings.TrimSuffix(l.dir, "/")+"/"); ok {
			out = append(out, l.link+"/"+rest)
		}
	}
	return out
}
