package pipeline

import (
	"context"
	"strings"

	"github.com/sirupsen/logrus"

	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/output"
)

// Unpack asks for the file system of an image in a directory.
type Unpack struct {
	Output string // as output.NewDir takes it
	// Open opens the image. What it keeps on the way is to be in tempDir, which
	// is on the file system of the output. It returns what is to be called
	// when the image has been read, too.
	Open func(ctx context.Context, tempDir string) (*oci.Image, func(), error)
	Log  *logrus.Logger
}

// Run makes the directory, or on any error nothing.
func (u *Unpack) Run(ctx context.Context) (err error) {
	dir, err := output.NewDir(u.Output, output.DirOptions{})
	if err != nil {
		return err
	}
	defer dir.Abort()
	tree, err := u.tree(ctx, dir)
	if err != nil {
		return err
	}
	defer tree.Close()
	if err := output.Write(ctx, tree.Plan, dir); err != nil {
		return err
	}
	lost, _ := losses(sameOwner(dir.Lost()))
	for _, l := range lost {
		u.Log.Warn(l)
	}
	return dir.Commit()
}

// tree reads the image. The files that it keeps have no names, so that their
// directory is not needed any more afterwards.
func (u *Unpack) tree(ctx context.Context, dir *output.Dir) (*oci.Tree, error) {
	scratch, release, err := dir.Scratch()
	if err != nil {
		return nil, err
	}
	defer release()
	im, read, err := u.Open(ctx, scratch)
	if err != nil {
		return nil, err
	}
	defer im.Close()
	defer read()
	return im.Tree(ctx, scratch)
}

// sameOwner takes all losses of an owner for one kind: an image has files of
// many.
func sameOwner(lost []output.Loss) []output.Loss {
	for i, l := range lost {
		if strings.HasPrefix(l.What, "owner ") {
			lost[i].What = "owner"
		}
	}
	return lost
}
