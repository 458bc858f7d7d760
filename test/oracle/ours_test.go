//go:build linux

package oracle

import (
	"slices"

	"github.com/5bbb5df2/pack/pkg/closure"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// resolver is pack's side of the comparison.
type resolver struct {
	*closure.Resolver
	close func() error
}

func newResolver(root, libraryPath string) (*resolver, error) {
	fsys, closeDir := rootfs.Host(), func() error { return nil }
	if root != "/" {
		dir, err := rootfs.OpenDir(root)
		if err != nil {
			return nil, err
		}
		fsys, closeDir = dir, dir.Close
	}
	opts := closure.Options{Root: rootfs.Memo(fsys), LibraryPath: libraryPath, Cwd: "/"}
	return &resolver{closure.New(opts), closeDir}, nil
}

func (r *resolver) resolve(file string) answer {
	g, err := r.Program(file)
	if err != nil {
		return answer{refused: err.Error()}
	}
	a := answer{twins: map[string]string{}}
	for _, n := range g.Nodes {
		a.paths = append(a.paths, n.Real)
	}
	a.paths = tidy(a.paths, file)
	for _, n := range g.Variants {
		if n.Kind == closure.Variant {
			a.twins[n.Real] = n.By.Real
		}
	}
	for _, m := range g.Missing() {
		if m.Fatal != "" {
			a.refused = m.Error()
		}
		a.missing = append(a.missing, m.Name)
	}
	slices.Sort(a.missing)
	a.missing = slices.Compact(a.missing)
	return a
}
