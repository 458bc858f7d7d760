package oci

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/plan"
)

// node is a path of the tree that layers make.
type node struct {
	entry    plan.Entry // without its path
	children map[string]*node
	layer    int // the last that names it
	pruned   int // the last that was told to hide what lies in it
	length   int // of its path, in bytes
}

func newDir(layer int) *node {
	return &node{
		entry:    plan.Entry{Mode: fs.ModeDir | 0o755, ModTime: time.Unix(0, 0).UTC()},
		children: map[string]*node{}, layer: layer,
	}
}

func (n *node) isDir() bool { return n.entry.Mode.IsDir() }

// tree is what the layers applied so far make.
type tree struct {
	root  *node
	layer int // the one that is applied
}

// maxLinks is how many links are followed in one lookup, as the kernel does.
const maxLinks = 40

// The lengths that a file system allows, limits.h(0p). More would fail when
// the tree is written, and what paths of any length cost has no bound.
const (
	maxName = 255
	maxPath = 4096
)

// lengthBelow is the length of a path in the directory n.
func (n *node) lengthBelow(name string) (int, error) {
	length := n.length + 1 + len(name)
	if len(name) > maxName || length > maxPath {
		return 0, unix.ENAMETOOLONG
	}
	return length, nil
}

// split makes the components of a name in a layer. One that would lead out is
// refused, whether or not it would be harmless.
func split(name string) ([]string, error) {
	var parts []string
	for p := range strings.SplitSeq(name, "/") {
		switch p {
		case "", ".":
		case "..":
			return nil, errors.New("its name leads out of the image")
		default:
			parts = append(parts, p)
		}
	}
	return parts, nil
}

// dir walks to a directory, through links inside the tree, and makes what is
// missing on the way if make says so.
func (t *tree) dir(parts []string, make bool) (*node, error) {
	at := []*node{t.root}
	links := 0
	for len(parts) > 0 {
		part := parts[0]
		parts = parts[1:]
		here := at[len(at)-1]
		if part == ".." {
			at = at[:max(1, len(at)-1)]
			continue
		}
		next := here.children[part]
		switch {
		case next == nil && !make:
			return nil, fs.ErrNotExist
		case next == nil:
			length, err := here.lengthBelow(part)
			if err != nil {
				return nil, err
			}
			next = newDir(t.layer)
			next.length = length
			here.children[part] = next
		case next.entry.Mode&fs.ModeSymlink != 0:
			if links++; links > maxLinks {
				return nil, errors.New("links lead in a circle")
			}
			target := next.entry.Link
			if path.IsAbs(target) {
				at = at[:1]
			}
			parts = slices.Concat(slices.DeleteFunc(strings.Split(target, "/"), func(p string) bool { return p == "" || p == "." }), parts)
			continue
		case !next.isDir():
			return nil, fmt.Errorf("%s on the way is not a directory", part)
		}
		at = append(at, next)
	}
	return at[len(at)-1], nil
}

// put places an entry. A directory stays one with what it has; anything else
// takes the place of what was there.
func (t *tree) put(parts []string, e plan.Entry) error {
	if len(parts) == 0 {
		if !e.Mode.IsDir() {
			return errors.New("the root is not a directory")
		}
		t.root.entry = e
		return nil
	}
	parent, err := t.dir(parts[:len(parts)-1], true)
	if err != nil {
		return err
	}
	name := parts[len(parts)-1]
	length, err := parent.lengthBelow(name)
	if err != nil {
		return err
	}
	n := &node{entry: e, layer: t.layer, length: length}
	if e.Mode.IsDir() {
		n.children = map[string]*node{}
		if old := parent.children[name]; old != nil && old.isDir() {
			n.children, n.pruned = old.children, old.pruned
		}
	}
	parent.children[name] = n
	return nil
}

// The names by which a layer takes away what is below it (layer.md of
// opencontainers/image-spec, "Whiteouts").
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
	// aufs begins what that file system kept for itself, with all below it.
	aufs = ".wh..wh."
)

// hide applies a whiteout in the directory dir.
func (t *tree) hide(dir []string, name string) error {
	parent, err := t.dir(dir, false)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case name == opaque:
		t.prune(parent)
		return nil
	}
	name = strings.TrimPrefix(name, whiteout)
	if n := parent.children[name]; n != nil && !t.keep(n) {
		delete(parent.children, name)
	}
	return nil
}

// prune drops below n what lower layers have put there. Nothing of theirs comes
// there again, so once is enough: a layer may say so any number of times.
func (t *tree) prune(n *node) {
	if n.pruned == t.layer {
		return
	}
	n.pruned = t.layer
	for name, c := range n.children {
		if !t.keep(c) {
			delete(n.children, name)
		}
	}
}

// keep prunes n and tells whether this layer has put it there or something in
// it.
func (t *tree) keep(n *node) bool {
	t.prune(n)
	return n.layer == t.layer || len(n.children) > 0
}

// plan turns the tree into a plan.
func (t *tree) plan() (*plan.Plan, error) {
	p := plan.New(nil)
	if err := addTo(p, "/", t.root); err != nil {
		return nil, err
	}
	p.LinkTwins()
	return p, nil
}

func addTo(p *plan.Plan, name string, n *node) error {
	e := n.entry
	e.Path = name
	if err := p.Add(e); err != nil {
		return err
	}
	for _, child := range slices.Sorted(maps.Keys(n.children)) {
		if err := addTo(p, path.Join(name, child), n.children[child]); err != nil {
			return err
		}
	}
	return nil
}
