package launch

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/5bbb5df2/pack/pkg/sandbox"
)

// skeleton is a root made of the tree's entries and mounts of the host that
// may lie anywhere, where the tree has something else or nothing. A directory
// is bound from the tree as a whole; only one on the way to a mount is made
// anew, empty, and its entries are bound one by one.
type skeleton struct {
	tree  lister
	below map[string]*node
}

type node struct {
	mount *mount // nil for a directory on the way to one
	below map[string]*node
}

// lister reads the tree.
type lister interface {
	// entry describes name, an absolute path of the tree; ok is false if there
	// is none.
	entry(name string) (e treeEntry, ok bool)
	// names lists a directory, sorted.
	names(dir string) ([]string, error)
}

type treeEntry struct {
	mode fs.FileMode
	link string
}

// maxLinks is the kernel's limit of links in one lookup (path_resolution(7)).
const maxLinks = 40

// add puts m where the program will find it by the name m.target: links of the
// tree on the way are followed, as the program's lookup will.
func (s *skeleton) add(m mount) error {
	target, err := s.resolve(m.target)
	if err != nil {
		return fmt.Errorf("cannot mount %s: %w", m.target, err)
	}
	m.target = target
	if s.below == nil {
		s.below = map[string]*node{}
	}
	at := s.below
	parts := strings.Split(target[1:], "/")
	for i, part := range parts {
		n := at[part]
		if n == nil {
			n = &node{below: map[string]*node{}}
			at[part] = n
		}
		if i == len(parts)-1 {
			n.mount = &m
		}
		at = n.below
	}
	return nil
}

// resolve follows the tree's links in all components of name.
func (s *skeleton) resolve(name string) (string, error) {
	done := "/"
	left := strings.Split(name, "/")
	for links := 0; len(left) > 0; {
		part := left[0]
		left = left[1:]
		next := path.Join(done, part)
		e, ok := s.tree.entry(next)
		if !ok || e.mode&fs.ModeSymlink == 0 {
			done = next
			continue
		}
		if len(left) == 0 {
			return next, nil // the mount takes the link's place
		}
		if links++; links > maxLinks {
			return "", unix.ELOOP
		}
		if path.IsAbs(e.link) {
			done = "/"
		}
		left = append(strings.Split(e.link, "/"), left...)
	}
	if done == "/" {
		return "", fmt.Errorf("%s is the root", name)
	}
	return done, nil
}

// ops are the operations that fill an empty root, which "/" is by now. tree
// and workdir are where the old root has the tree and the working directory.
func (s *skeleton) ops(tree, workdir string) ([]sandbox.Op, error) {
	b := builder{skeleton: s, from: tree, workdir: workdir}
	err := b.directory("/", s.below)
	return b.ops, err
}

type builder struct {
	*skeleton
	from, workdir string
	ops           []sandbox.Op
}

func (b *builder) do(ops ...sandbox.Op) { b.ops = append(b.ops, ops...) }

// directory fills dir: what is below it of mounts, and of the tree what is
// not hidden by them.
func (b *builder) directory(dir string, below map[string]*node) error {
	names, err := b.tree.names(dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if below[name] == nil {
			b.bindEntry(path.Join(dir, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(below)) {
		if err := b.node(path.Join(dir, name), below[name]); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) bindEntry(name string) {
	e, _ := b.tree.entry(name)
	if e.mode&fs.ModeSymlink != 0 {
		b.do(sandbox.Symlink(e.link, name))
		return
	}
	b.do(sandbox.Bind(b.from+name, name, 0))
}

func (b *builder) node(name string, n *node) error {
	if n.mount != nil {
		return b.mounted(name, n)
	}
	e, ok := b.tree.entry(name)
	if ok && !e.mode.IsDir() {
		return fmt.Errorf("cannot mount below %s: the bundle has a file there", name)
	}
	mode := uint32(0o755)
	if ok {
		mode = uint32(e.mode.Perm())
	}
	b.do(sandbox.Mkdir(name, mode))
	return b.directory(name, n.below)
}

// mounted binds a host path and what is mounted below it.
func (b *builder) mounted(name string, n *node) error {
	b.do(mountOps(*n.mount, b.workdir)...)
	for _, sub := range slices.Sorted(maps.Keys(n.below)) {
		if err := b.inside(*n.mount, path.Join(name, sub), n.below[sub]); err != nil {
			return err
		}
	}
	return nil
}

// inside handles mounts below a mount of the host. The mount point has to be
// there already, for it would be made on the host. One that shows nothing
// else than what is there is left out.
func (b *builder) inside(outer mount, name string, n *node) error {
	there := outer.source + strings.TrimPrefix(name, outer.target)
	if n.mount != nil && outer.readOnly == n.mount.readOnly {
		if real, err := realPath(there); err == nil && real == n.mount.source {
			n.mount = nil
		}
	}
	if n.mount != nil {
		if _, err := os.Stat(there); err != nil {
			return withHint(fmt.Errorf("cannot mount %s: the host has no %s to mount it on", name, there),
				"a mount below another one of the host needs a mount point there")
		}
		return b.mounted(name, n)
	}
	for _, sub := range slices.Sorted(maps.Keys(n.below)) {
		if err := b.inside(outer, path.Join(name, sub), n.below[sub]); err != nil {
			return err
		}
	}
	return nil
}

// mountOps binds a path of the old root, which is the current directory.
func mountOps(m mount, workdir string) []sandbox.Op {
	source := strings.TrimPrefix(m.source, "/")
	if m.workdir {
		source = workdir
	}
	if source == "" {
		source = "."
	}
	ops := []sandbox.Op{sandbox.Bind(source, m.target, unix.MS_REC)}
	if m.readOnly {
		ops = append(ops, sandbox.SealAll(m.target))
	}
	return ops
}
