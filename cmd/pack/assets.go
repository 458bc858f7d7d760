package main

import (
	"context"
	"strings"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/codec"
	"github.com/5bbb5df2/pack/pkg/pipeline"
)

// assetsOptions are the flags of pack assets.
type assetsOptions struct {
	Directory, Compression, Destination string
}

func newAssetsCommand(env *environment) *cobra.Command {
	var o assetsOptions
	c := &cobra.Command{
		Use:     "assets [flags] PATH...",
		Aliases: []string{"pack-assets"},
		Short:   "Write files and directories to a compressed tar archive",
		Long: `assets writes every PATH, with all below it, to a compressed tar archive. A PATH
lies below the directory of -C, and is named in the archive as seen from there.
The same files make the same archive.

ENVIRONMENT
  SOURCE_DATE_EPOCH  the latest time a file of the archive may have, in seconds
` + exitStatus,
		Example: "  pack assets -C ./build static templates\n  pack assets --compression xz --destination web.tar.xz .",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return &usageError{err: usagef("no PATH named"), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return o.run(ctx, env, args)
		},
	}
	f := c.Flags()
	f.StringVarP(&o.Directory, "directory", "C", ".", "look for each PATH in `DIR`")
	f.StringVar(&o.Compression, "compression", codec.Default, "compress by `NAME`: "+strings.Join(codec.Names(), ", "))
	f.StringVar(&o.Destination, "destination", "", "the `FILE` to write (default: assets.tar and the compression's name)")
	return configure(c)
}

func (o *assetsOptions) run(ctx context.Context, env *environment, args []string) error {
	if _, err := codec.Find(o.Compression); err != nil {
		return &usageError{err: err, of: "pack assets"}
	}
	if o.Destination == "" {
		o.Destination = "assets.tar." + o.Compression
	}
	epoch, err := sourceDateEpoch(env)
	if err != nil {
		return err
	}
	root, err := openRoot(o.Directory)
	if err != nil {
		return err
	}
	defer root.Close()
	tree := &pipeline.Tree{Root: root, Output: o.Destination, Epoch: epoch, Log: newLogger(env.Stderr, logrus.WarnLevel)}
	for _, name := range args {
		inside, err := pipeline.InTree(name)
		if err != nil {
			return err
		}
		tree.Paths = append(tree.Paths, inside)
	}
	p, err := tree.Plan(ctx)
	if err != nil {
		return err
	}
	return pipeline.Archive(ctx, p, o.Destination, o.Compression)
}
