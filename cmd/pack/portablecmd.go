package main

import (
	"context"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// sourceFlags say what a portable file is made of.
type sourceFlags struct {
	appFlags
	Directory, Image string
	Local            bool
}

func (o *sourceFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.Directory, "directory", "d", "", "make it of all that is in `DIR`")
	f.StringVarP(&o.Image, "image", "i", "", "make it of an image, `REF`: an archive FILE.tar, oci:DIR, or a directory it was unpacked to")
	f.BoolVar(&o.Local, "local", false, "take the image from the docker engine of this machine")
	o.appFlags.add(f, portable.Sandbox, portable.ArgsPack)
	f.SortFlags = false
}

func newPortableCommand(env *environment) *cobra.Command {
	var o sourceFlags
	var file string
	c := &cobra.Command{
		Use:     "bundle [flags] --output FILE",
		Aliases: []string{"b"},
		Short:   "Make one portable file of a directory or an image",
		Long: `bundle writes one executable file that holds a whole directory or image. When it
is started it unpacks itself, once, and runs the program in a root of its own.

Such a file reads its own options first ("FILE --help"), unless it was made with
--args app; then they are --pack-help and the like.
` + environmentText + exitStatus,
		Example: `  pack bundle --directory ./rootfs --output app.run --entrypoint /usr/bin/app
  pack bundle --image image.tar --output app.run --app-mounts '$HOME'`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := fromEnvironment(c, env, append(appFlagNames(), "directory", "image", "local", "output")); err != nil {
				return err
			}
			if file == "" {
				return usagef("--output FILE is needed")
			}
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return o.make(ctx, c, env, file, func(p *pipeline.Portable, tree *plan.Plan, log *logrus.Logger) error {
				return p.WriteTo(ctx, tree, log)
			})
		},
	}
	c.Flags().StringVarP(&file, "output", "o", "", "the `FILE` to write")
	o.add(c)
	return configure(c)
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{err: usagef("unexpected argument %q", args[0]), of: c.CommandPath()}
	}
	return nil
}

// make calls use with what the flags ask for. file is what it will write.
func (o *sourceFlags) make(ctx context.Context, c *cobra.Command, env *environment, file string, use func(*pipeline.Portable, *plan.Plan, *logrus.Logger) error) error {
	p, err := o.portable(c, file)
	if err != nil {
		return err
	}
	epoch, err := sourceDateEpoch(env)
	if err != nil {
		return err
	}
	log := newLogger(env.Stderr, logrus.WarnLevel)
	src, err := o.open(ctx, env)
	if err != nil {
		return err
	}
	defer src.close()
	src.complete(&p.Config)
	tree := src.plan
	if tree == nil {
		if tree, err = (&pipeline.Tree{Root: src.root, Output: file, Epoch: epoch, Log: log}).Plan(ctx); err != nil {
			return err
		}
	}
	return use(p, tree, log)
}
