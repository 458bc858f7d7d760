package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"path"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// onBase returns the plan as it has to be in a layer upon the base.
func (o *Image) onBase(ctx context.Context, p *plan.Plan) (*plan.Plan, error) {
	if o.Base == nil {
		return p, nil
	}
	tree, err := o.Base.Tree(ctx, o.TempDir)
	if err != nil {
		return nil, err
	}
	defer tree.Close()
	return onto(tree.Plan, p)
}

// onto returns the plan p as it has to be in a layer upon base. Where base has
// a link to a directory and p a directory, as with /lib in many images, the
// content goes to where the link leads, as by COPY of a Dockerfile: in a layer,
// the directory would take the place of the link, and with it all that base
// has there. The other way round is an error.
func onto(base, p *plan.Plan) (*plan.Plan, error) {
	below := base.FS()
	out := plan.New(func(dir string) plan.Entry {
		if e := base.Get(dir); e != nil && e.Mode.IsDir() {
			return *e
		}
		return plan.Entry{Mode: fs.ModeDir | 0o755, ModTime: madeTime}
	})
	moved := map[string]string{"/": "/"} // where directories of p are
	for e := range p.All() {
		if e.Path == "/" {
			continue
		}
		at := path.Join(moved[path.Dir(e.Path)], path.Base(e.Path))
		fi, err := below.Lstat(at)
		there := err == nil
		if e.Mode.IsDir() {
			moved[e.Path] = at
			if real, ok := directoryBehind(below, at); there && fi.Mode()&fs.ModeSymlink != 0 && ok {
				moved[e.Path] = real
				continue
			}
		}
		if there && fi.IsDir() && !e.Mode.IsDir() {
			return nil, &HintError{
				Err:    fmt.Errorf("cannot put %s on the base image: it has a directory there", at),
				Advice: "make a bundle for another base with --real-dirs, or leave it out",
			}
		}
		e.Path, e.HardLink = at, ""
		if err := out.Add(e); err != nil {
			return nil, err
		}
	}
	out.LinkTwins() // their order may be another
	return out, nil
}

// directoryBehind is the directory that a name leads to.
func directoryBehind(files rootfs.FS, name string) (string, bool) {
	_, real, err := rootfs.Resolve(files, name)
	if err != nil {
		return "", false
	}
	fi, err := files.Lstat(real)
	return real, err == nil && fi.IsDir()
}
