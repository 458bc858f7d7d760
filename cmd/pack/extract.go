package main

import (
	"github.com/sirupsen/logrus"
	"github.com/spf13/cobra"

	"github.com/5bbb5df2/pack/pkg/pipeline"
)

func newExtractCommand(env *environment) *cobra.Command {
	var o rootFlags
	c := &cobra.Command{
		Use:     "extract [flags] BIN DIR",
		Aliases: []string{"e"},
		Short:   "Write a program and its libraries to a directory, and nothing else",
		Long: `extract writes to the directory DIR the program BIN, the shared objects its loader
would map, the loader and the links between them: what "pack --without all" does.
` + exitStatus,
		Example: "  pack extract /usr/bin/jq ./rootfs",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 2 {
				return &usageError{err: usagef("two arguments are needed: BIN DIR"), of: c.CommandPath()}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			epoch, err := sourceDateEpoch(env)
			if err != nil {
				return err
			}
			w, err := o.open(c, env)
			if err != nil {
				return err
			}
			defer w.close()
			ctx, stop := env.Interruptible(c.Context())
			defer stop()
			return pipeline.Run(ctx, &pipeline.Spec{
				Root: w.FS, Foreign: w.Foreign, Cwd: w.Cwd, Path: w.Path, LibraryPath: w.LibraryPath,
				Inputs: args[:1], Output: args[1], Epoch: epoch, Log: newLogger(env.Stderr, logrus.WarnLevel),
			})
		},
	}
	o.add(c)
	return configure(c)
}
