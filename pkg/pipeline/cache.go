package pipeline

import (
	"encoding/binary"
	"path"
	"slices"
	"strings"

	"debug/elf"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/ldso"
	"github.com/5bbb5df2/pack/pkg/plan"
)

// selfSufficient gives the bundle the loader configuration without which some
// library would be lost there: one found by LD_LIBRARY_PATH, by a directory of
// the root's ld.so.conf, or by an $ORIGIN that the bundle changes or that the
// loader does not know without /proc. Each round may uncover libraries that
// only the ones found before ask for.
func (b *builder) selfSufficient(x *excluder) error {
	c := &configs{builder: b, caches: map[string]*ldso.Cache{}, paths: map[string][]string{}}
	c.findConflicts()
	c.keepKnown()
	for {
		if err := c.write(x); err != nil {
			return err
		}
		diffs, _ := b.compare(true)
		if !c.cover(diffs) {
			return nil
		}
	}
}

// configs are the loader configuration files in the making.
type configs struct {
	*builder
	caches map[string]*ldso.Cache // by the path the loader reads
	paths  map[string][]string    // musl's path files: directories
	// targets are the files a name leads to, over all programs: a cache entry
	// for a name with more than one would divert somebody.
	targets map[target]map[string]bool
	why     string // a program that needs them
}

type target struct {
	flags int32
	name  string
}

func (c *configs) findConflicts() {
	c.targets = map[target]map[string]bool{}
	for _, m := range c.programs {
		if m.Graph == nil || m.Graph.System == nil {
			continue
		}
		flags := m.Graph.System.CacheFlags
		for _, g := range m.graphs() {
			for _, n := range g.Objects() {
				for _, e := range n.Edges {
					if e.To != nil && !beforeCache(n, e) {
						c.note(target{flags, e.Name}, e.To.Real)
					}
				}
			}
		}
	}
}

// beforeCache tells that the loader finds an edge of n by an RPATH or RUNPATH
// that it knows even where $ORIGIN is not known, so that no cache can divert it.
func beforeCache(n *closure.Node, e closure.Edge) bool {
	switch e.Found.How {
	case ldso.ByRunpath:
		return !strings.Contains(n.Obj.Runpath, "$")
	case ldso.ByRpath:
		for ; n != nil; n = n.By {
			if strings.Contains(n.Obj.Rpath, "$") {
				return false
			}
		}
		return true
	}
	return false
}

func (c *configs) note(t target, real string) {
	if c.targets[t] == nil {
		c.targets[t] = map[string]bool{}
	}
	c.targets[t][real] = true
}

// keepKnown keeps the root's own cache entries for objects outside the default
// directories: a program may dlopen(3) them by name.
func (c *configs) keepKnown() {
	for _, m := range c.programs {
		if m.Graph == nil || m.Graph.System == nil || m.Graph.System.Cache == nil {
			continue
		}
		sys := m.Graph.System
		for _, g := range m.graphs() {
			for _, n := range g.Nodes {
				if n.Obj.Soname == "" || n == m.Graph.Main || c.plan.Get(n.Real) == nil || slices.Contains(sys.DefaultDirs, path.Dir(path.Clean(n.Path))) {
					continue
				}
				for _, e := range sys.Cache.Lookup(n.Obj.Soname, sys.CacheFlags) {
					if path.Clean(e.Path) == path.Clean(n.Path) {
						c.enter(m, n, e.Name)
					}
				}
			}
		}
	}
}

// cover makes entries for what the bundle would not find, and tells whether
// there was anything to make.
func (c *configs) cover(diffs []difference) bool {
	changed := false
	for _, d := range diffs {
		if strings.Contains(d.edge.Name, "/") || d.edge.Kind == closure.Interp {
			continue
		}
		if d.member.Graph.System.Flavor == ldso.Musl {
			changed = c.enterDir(d) || changed
			continue
		}
		changed = c.enter(d.member, d.edge.To, d.edge.Name) || changed
	}
	return changed
}

// enter puts name into the cache of the member's loader.
func (c *configs) enter(m *member, n *closure.Node, name string) bool {
	sys := m.Graph.System
	if sys.CacheFlags == 0 || len(c.targets[target{sys.CacheFlags, name}]) > 1 {
		return false
	}
	cache := c.caches[sys.CachePath]
	if cache == nil {
		cache = &ldso.Cache{Order: binary.LittleEndian}
		if sys.Data == elf.ELFDATA2MSB {
			cache.Order = binary.BigEndian
		}
		c.caches[sys.CachePath] = cache
	}
	e := ldso.CacheEntry{Name: name, Path: c.placeInBundle(n), Flags: sys.CacheFlags}
	if slices.Contains(cache.Entries, e) {
		return false
	}
	c.why = m.At
	cache.Entries = append(cache.Entries, e)
	for _, v := range n.Found.Variants {
		level := path.Base(path.Dir(v))
		if path.Base(path.Dir(path.Dir(v))) == "glibc-hwcaps" {
			cache.Entries = append(cache.Entries, ldso.CacheEntry{Name: name, Path: path.Clean(v), Flags: sys.CacheFlags, HwcapName: level})
		}
	}
	return true
}

func (c *configs) enterDir(d difference) bool {
	sys := d.member.Graph.System
	dirs, ok := c.paths[sys.PathFileName]
	if !ok {
		dirs = slices.Clone(sys.DefaultDirs)
		if sys.PathFile == "" {
			dirs = []string{"/lib", "/usr/local/lib", "/usr/lib"}
		}
	}
	dir := path.Dir(c.placeInBundle(d.edge.To))
	if ok && slices.Contains(dirs, dir) {
		return false
	}
	if !slices.Contains(dirs, dir) {
		dirs = append(dirs, dir)
	}
	c.why = d.member.At
	c.paths[sys.PathFileName] = dirs
	return true
}

// write puts the files into the plan as they are now.
func (c *configs) write(x *excluder) error {
	for name, cache := range c.caches {
		if err := c.put(x, name, cache.Encode()); err != nil {
			return err
		}
	}
	for name, dirs := range c.paths {
		if err := c.put(x, name, []byte(strings.Join(dirs, "\n")+"\n")); err != nil {
			return err
		}
	}
	return nil
}

func (c *configs) put(x *excluder, name string, data []byte) error {
	at, err := c.destination("cache", name)
	if err != nil {
		return err
	}
	if x.match([]string{name, at}) {
		c.excluded[at] = true
		return nil
	}
	if old := c.plan.Get(at); old != nil && old.Mode.IsRegular() {
		if old.From.FS != nil {
			c.warn("the bundle's own %s takes the place of the root's", name)
		}
		c.plan.Remove(at)
	}
	return c.plan.Add(plan.Entry{
		Path: at, Mode: 0o644, ModTime: madeTime, Size: int64(len(data)),
		From: plan.Source{Data: data}, Why: []plan.Reason{{Kind: plan.Cache, By: c.why}},
	})
}
