package launch

import (
	"io/fs"
	"iter"
	"os"
	"path"
	"slices"

	"github.com/5bbb5df2/pack/pkg/portable"
)

// storeTree lists a tree that is unpacked. Nothing in it is followed.
type storeTree string

func (t storeTree) entry(name string) (treeEntry, bool) {
	fi, err := os.Lstat(string(t) + name)
	if err != nil {
		return treeEntry{}, false
	}
	e := treeEntry{mode: fi.Mode()}
	if e.mode&fs.ModeSymlink != 0 {
		e.link, err = os.Readlink(string(t) + name)
	}
	return e, err == nil
}

func (t storeTree) names(dir string) ([]string, error) {
	if e, ok := t.entry(dir); !ok || !e.mode.IsDir() {
		return nil, nil
	}
	list, err := os.ReadDir(string(t) + dir)
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names, err
}

// packedTree lists a tree that is not unpacked yet.
type packedTree struct {
	entries  map[string]treeEntry
	children map[string][]string
}

func newPackedTree(all iter.Seq[portable.Entry]) *packedTree {
	t := &packedTree{map[string]treeEntry{}, map[string][]string{}}
	for e := range all {
		t.entries[e.Path] = treeEntry{e.Mode, e.Link}
		if e.Path != "/" {
			dir := path.Dir(e.Path)
			t.children[dir] = append(t.children[dir], path.Base(e.Path))
		}
	}
	for _, names := range t.children {
		slices.Sort(names)
	}
	return t
}

func (t *packedTree) entry(name string) (treeEntry, bool) {
	e, ok := t.entries[name]
	return e, ok
}

func (t *packedTree) names(dir string) ([]string, error) { return t.children[dir], nil }
