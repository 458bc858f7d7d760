package main

import (
	"context"
	"errors"

	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
	"github.com/5bbb5df2/pack/pkg/plan"
	"github.com/5bbb5df2/pack/pkg/portable"
)

// sourceFlags say what a portable file is made of.
type sourceFlags struct {
	appFlags
	imageFlags
	Directory, Image string
}

func (o *sourceFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.Directory, "directory", "d", "", "make it of all that is in `DIR`")
	f.StringVarP(&o.Image, "image", "i", "", "make it of an image, `REF`: FILE.tar, oci:DIR, a name in a registry, or a directory it was unpacked to")
	o.imageFlags.add(f)
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
	return configure(pointing(c))
}

// pointing has the usage errors of a command point to its own help.
func pointing(c *cobra.Command) *cobra.Command {
	run := c.RunE
	c.RunE = func(c *cobra.Command, args []string) error {
		err := run(c, args)
		if wrong := (*usageError)(nil); errors.As(err, &wrong) && wrong.of == "" {
			wrong.of = c.CommandPath()
		}
		return err
	}
	return c
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
	if w := storeWarning(env, o.Store); w != "" {
		log.Warn(w)
	}
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
