package python

import (
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/5bbb5df2/pack/pkg/glob"
	"github.com/5bbb5df2/pack/pkg/lazyregexp"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// Bundle is what packages are found for.
type Bundle interface {
	// Programs are its programs, in the order in which they were added.
	Programs() []Program
	// Files are the real paths of what is in it, with the mode of each; an empty
	// path is of no file.
	Files() iter.Seq2[string, fs.FileMode]
	// Add is told what the bundle needs besides, each path once.
	Add(Needed)
	// Source is told of each source of an installed package that may be
	// imported: it may say what else it needs.
	Source(Source)
}

// Program is a program of a bundle, of whatever language.
type Program struct {
	Path, Real string
	// Runs are the real paths of the programs that a script is run by.
	Runs []string
	// ForScripts tells that scripts of the bundle are run by it.
	ForScripts bool
}

// Needed is what a bundle needs: a directory with all below, or a file.
type Needed struct {
	Path string
	// For is what it is needed for: a path, or a few words.
	For   string
	Place Place
}

// Files are the path, and for a source its compiled forms, which Python keeps beside
// it (PEP 3147), as far as a root has them. A directory of these that cannot be
// read is an error.
func (n Needed) Files(root rootfs.FS) ([]string, error) {
	names := []string{n.Path}
	if module, ok := strings.CutSuffix(n.Path, ".py"); ok {
		compiled, err := glob.Expand(root, glob.Quote(path.Dir(module)+"/__pycache__/"+path.Base(module))+".*.pyc")
		if err != nil {
			return nil, err
		}
		names = append(names, compiled...)
	}
	return slices.DeleteFunc(names, func(name string) bool {
		_, _, err := rootfs.Resolve(root, name)
		return err != nil
	}), nil
}

// Source is a source of an installed package.
type Source struct {
	Real, Text string
	// Module is the top-level module or package that it is of.
	Module string
	// Own tells that it is of the distribution that a script of the bundle is of.
	Own bool
	// Place is zero where no directory that is searched has it.
	Place Place
}

// Place tells where something was found.
type Place struct {
	// Dir is the directory, as Search was told it, that is or led to the place.
	Dir string
	// develop tells that packages are worked on there (setuptools, Development
	// Mode).
	develop bool
}

// working are entries of a directory where packages are worked on.
var working = lazyregexp.New(`/(?:\.git|\.hg|\.svn|\.?venv|\.tox|\.nox|node_modules|\.\w+_cache)$`)

// LeavesOut tells whether what is at a real path is only there because packages are
// worked on at the place: repositories, caches and environments of tools.
func (p Place) LeavesOut(real string) bool { return p.develop && working.MatchString(real) }
