package pipeline

import (
	"context"
	"io/fs"
	"path"
	"time"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// ImageSource is something whose content an image is made of.
type ImageSource struct {
	Name string // as the user knows it
	// Root is taken whole, or File of it, a real path.
	Root rootfs.FS
	File string
	// At is where File goes.
	At string
}

// ImageTree asks for a plan of what several sources hold, laid over each
// other.
type ImageTree struct {
	Sources []ImageSource
	// Output is what is being written, and no part of the tree.
	Output string
	Epoch  *time.Time // the latest time in the tree
	// Owner gives everything a new owner; nil leaves all as it is.
	Owner func(uid, gid int) (int, int)
	Log   *logrus.Logger
}

// Plan reads the sources. Where two of them have the same path, but for
// directories, it is a *plan.ConflictError. Sockets, which no archive can
// hold, are left out with a warning.
func (t *ImageTree) Plan(ctx context.Context) (*plan.Plan, error) {
	all := plan.New(nil)
	for _, src := range t.Sources {
		if src.File != "" && src.File == outputIn(src.Root, t.Output) {
			return nil, usagef("write the image to another file, by --destination", "%s would be replaced by the image of it", src.Name)
		}
		p, err := t.read(ctx, src)
		if err != nil {
			return nil, err
		}
		why := []plan.Reason{{Kind: plan.Input, By: src.Name}}
		for e := range p.All() {
			if e.Mode&fs.ModeSocket != 0 {
				t.Log.Warnf("left out %s: an image cannot hold a socket", path.Join(src.Name, e.Path))
				continue
			}
			if src.File != "" && e.Path == src.File {
				e.Path = src.At
			}
			if t.Owner != nil {
				e.UID, e.GID = t.Owner(e.UID, e.GID)
			}
			e.Why = why
			if err := all.Add(e); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

func (t *ImageTree) read(ctx context.Context, src ImageSource) (*plan.Plan, error) {
	tree := &Tree{Root: src.Root, Output: t.Output, Epoch: t.Epoch, Log: t.Log}
	if src.File != "" {
		tree.Paths = []string{src.File}
	}
	return tree.Plan(ctx)
}
