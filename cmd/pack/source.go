package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/5bbb5df2/pack/pkg/oci"
	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
	"github.com/5bbb5df2/pack/pkg/rootfs"
)

// source is a directory, or an image with its tree.
type source struct {
	root  rootfs.FS
	image *oci.Image
	plan  *plan.Plan // of the image
	close func() error
}

// open opens what --directory or --image names.
func (o *sourceFlags) open(ctx context.Context, env *environment) (*source, error) {
	switch {
	case o.Directory == "" && o.Image == "":
		return nil, usagef("--directory DIR or --image REF is needed")
	case o.Directory != "" && o.Image != "":
		return nil, usagef("--directory and --image exclude each other")
	case o.Local && o.Image == "":
		return nil, usagef("--local needs --image")
	case len(o.Insecure) > 0 && o.Image == "":
		return nil, usagef("--insecure needs --image")
	case o.Directory != "":
		return openDirectory(o.Directory)
	}
	if fi, err := os.Stat(o.Image); err == nil && fi.IsDir() && !o.Local {
		return openDirectory(o.Image)
	}
	return o.openImage(ctx, env)
}

func (o *sourceFlags) openImage(ctx context.Context, env *environment) (*source, error) {
	im, err := o.opener(env, o.Platform).Open(ctx, o.Image)
	if err != nil {
		return nil, err
	}
	defer im.Close()
	var end func()
	im.Progress, end = progress(env, o.Image, im.Size())
	defer end()
	tree, err := im.Tree(ctx, env.Getenv("TMPDIR"))
	if err != nil {
		return nil, err
	}
	if err := pipeline.MakeVolumes(tree.Plan, im.Volumes()); err != nil {
		tree.Close()
		return nil, err
	}
	return &source{image: im, plan: tree.Plan, close: tree.Close}, nil
}

func openDirectory(name string) (*source, error) {
	dir, err := openRoot(name)
	if err != nil {
		return nil, err
	}
	return &source{root: dir, close: dir.Close}, nil
}

func openRoot(name string) (*rootfs.Dir, error) {
	real, err := filepath.EvalSymlinks(name)
	if err == nil {
		real, err = filepath.Abs(real)
	}
	var dir *rootfs.Dir
	if err == nil {
		dir, err = rootfs.OpenDir(real)
	}
	if err != nil {
		advice := "name a directory that exists"
		if errors.Is(err, fs.ErrPermission) {
			advice = "run pack as a user who may read it"
		}
		return nil, &pipeline.HintError{Err: fmt.Errorf("cannot open the directory %s: %w", name, pathCause(err)), Advice: advice}
	}
	return dir, nil
}

// complete fills in what the image says and the flags do not.
func (s *source) complete(c *portable.Config) {
	if s.image == nil {
		return
	}
	if entrypoint, args := s.image.Entrypoint(); c.Entrypoint == nil && len(entrypoint) > 0 {
		c.Entrypoint, c.Args = entrypoint, args
	}
	c.Env, c.Workdir, c.User = s.image.Env(), s.image.Workdir(), s.image.User()
	if c.Workdir != "" {
		c.Workdir = path.Join("/", c.Workdir)
	}
}
