package pipeline

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// whiteout begins the names by which a layer takes away what is below it
// (layer.md of opencontainers/image-spec, "Whiteouts").
const whiteout = ".wh."

// withoutWhiteouts leaves out what nobody would unpack from a layer, but take
// for an order to remove something else.
func withoutWhiteouts(p *plan.Plan, log *logrus.Logger) (*plan.Plan, error) {
	if !hasWhiteouts(p) {
		return p, nil
	}
	out := plan.New(nil)
	left := "//" // the last that was left out
	for e := range p.All() {
		switch {
		case strings.HasPrefix(e.Path, left+"/"):
			continue
		case isWhiteout(&e):
			log.Warnf("left out %s: in an image, a name that begins with %s removes another", e.Path, whiteout)
			left = e.Path
			continue
		}
		e.HardLink = "" // it may have been one of those
		if err := out.Add(e); err != nil {
			return nil, err
		}
	}
	out.LinkTwins()
	return out, nil
}

func hasWhiteouts(p *plan.Plan) bool {
	for e := range p.Each() {
		if isWhiteout(e) {
			return true
		}
	}
	return false
}

func isWhiteout(e *plan.Entry) bool { return strings.HasPrefix(path.Base(e.Path), whiteout) }

// onBase returns the plan as it has to be in a layer upon the base.
func (o *Image) onBase(ctx context.Context, p *plan.Plan) (*plan.Plan, error) {
	if o.Base == nil {
		return p, nil
	}
	o.Base.Keep = true // its layers become the image's
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
// has there. The other way round is an error. A directory that base has stays
// as it is, too.
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
			if real, ok := directoryBehind(below, at); there && ok {
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
