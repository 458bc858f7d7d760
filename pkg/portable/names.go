package portable

import (
	"cmp"
	"errors"
	"strings"
)

const (
	pathMax = 4096 // PATH_MAX of limits.h
	nameMax = 255  // NAME_MAX
)

// comparePaths orders paths component by component, so that a directory is
// followed by all that lies below it.
func comparePaths(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] == b[i] {
			continue
		}
		switch {
		case a[i] == '/':
			return -1
		case b[i] == '/':
			return 1
		}
		return cmp.Compare(a[i], b[i])
	}
	return cmp.Compare(len(a), len(b))
}

// checkPath refuses what is not the absolute, clean name of something.
func checkPath(name string) error {
	if name == "/" {
		return nil
	}
	if len(name) >= pathMax || strings.IndexByte(name, 0) >= 0 || !strings.HasPrefix(name, "/") {
		return errors.New("not a path")
	}
	for part := range strings.SplitSeq(name[1:], "/") {
		if part == "" || part == "." || part == ".." || len(part) > nameMax {
			return errors.New("not a clean path")
		}
	}
	return nil
}

// parentOf is the directory name lies in, "/" for the root itself.
func parentOf(name string) string {
	if i := strings.LastIndexByte(name, '/'); i > 0 {
		return name[:i]
	}
	return "/"
}

// baseOf is the last component of name, "" for the root.
func baseOf(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// sequence checks that entries come as they have to: the root first, then in
// path order, each in a directory that came before. What lies below anything
// but a directory is refused by that, and so is a path that comes twice.
type sequence struct {
	last string
	dirs []string // the directories that last is or lies in
	size int64    // about what all entries take in memory, in bytes
}

const (
	// maxTree bounds what the entries of a tree take: some two million of
	// them. An index says in three bytes what is a long path like the one
	// before.
	maxTree   = 512 << 20
	entrySize = 200
)

func (s *sequence) add(e *Entry) error {
	if err := checkPath(e.Path); err != nil {
		return err
	}
	if s.size += entrySize + int64(len(e.Path)); s.size > maxTree {
		return errors.New("the tree has too many files")
	}
	if s.last == "" {
		if e.Path != "/" || !e.Mode.IsDir() {
			return errors.New("the first entry is not the root directory")
		}
	} else if comparePaths(s.last, e.Path) >= 0 {
		return errors.New("not in order or not the only one of that name")
	}
	parent := parentOf(e.Path)
	for len(s.dirs) > 0 && s.dirs[len(s.dirs)-1] != parent {
		s.dirs = s.dirs[:len(s.dirs)-1]
	}
	if len(s.dirs) == 0 && e.Path != "/" {
		return errors.New("not in a directory of the tree")
	}
	if e.Mode.IsDir() {
		s.dirs = append(s.dirs, e.Path)
	}
	s.last = e.Path
	return nil
}
